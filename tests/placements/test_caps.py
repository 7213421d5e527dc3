"""Caps that nest, those that others keep anyway, and those that truly stand across each other."""

from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placements.rules import caps as cap_rules
from tests.factories import make_base
from tests.placements.round_kit import Kit


def spread(kit):
    """Three projects: the first mentor guides 0 and 1, the base holds 1 and 2."""
    far = make_base(name="示例远基地")
    first, second, third = kit.projects
    second.academic_mentor = first.academic_mentor
    first.base = far
    for project in (first, second):
        project.save()
    return kit.projects


@pytest.mark.django_db
def test_a_cap_that_others_keep_anyway_is_left_out_so_that_the_rest_nests():
    projects = spread(Kit(projects=3))
    mentor = cap_rules.Proposed("mentor", projects[0].academic_mentor_id, "示例导师", 1, 4)
    base = cap_rules.Proposed("base", projects[1].base_id, "示例基地", 3, 4)
    assert cap_rules.crossing(cap_rules.members([mentor, base], projects)) == (mentor, base, projects[1].pk)
    # Under the base: one place at most by the mentor's cap, two by the third project's own places.
    assert cap_rules.reachable(base, [mentor], projects) == 3
    assert cap_rules.nest([mentor, base], projects) == ([mentor], [base])


@pytest.mark.django_db
def test_caps_that_both_bind_are_not_left_out():
    projects = spread(Kit(projects=3))
    mentor = cap_rules.Proposed("mentor", projects[0].academic_mentor_id, "示例导师", 1, 4)
    base = cap_rules.Proposed("base", projects[1].base_id, "示例基地", 2, 4)
    assert cap_rules.nest([mentor, base], projects) == ([mentor, base], [])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_left_out_is_never_exceeded(data):
    """Every way of filling the places that the kept caps allow is within the caps left out."""
    number = data.draw(st.integers(1, 4))
    subject = st.integers(1, 2)
    projects = [
        SimpleNamespace(
            pk=pk,
            places=data.draw(st.integers(1, 2)),
            academic_mentor_id=data.draw(subject),
            industry_mentor_id=10 + data.draw(subject),
            base_id=data.draw(subject),
            organisation_id=data.draw(subject),
        )
        for pk in range(number)
    ]
    wanted = [("mentor", 1), ("mentor", 2), ("mentor", 11), ("base", 1), ("base", 2), ("enterprise", 1)]
    caps = [
        cap_rules.Proposed(kind, pk, f"{kind}{pk}", data.draw(st.integers(1, 4)), 0)
        for kind, pk in wanted
        if data.draw(st.booleans())
    ]
    kept, left_out = cap_rules.nest(caps, projects)
    for filled in product(*(range(project.places + 1) for project in projects)):
        counts = dict(zip(range(number), filled, strict=True))
        if all(
            sum(counts[pk] for pk in held) <= cap.capacity for cap, held in cap_rules.members(kept, projects)
        ):
            for cap, held in cap_rules.members(left_out, projects):
                assert sum(counts[pk] for pk in held) <= cap.capacity
