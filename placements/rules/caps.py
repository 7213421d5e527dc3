"""Caps over several projects: whom each holds, whether they nest, and which ones the records call for."""

from dataclasses import dataclass
from itertools import combinations

from placements.enums import CapKind
from placements.queries.round import places_of

# Along what the places of projects fall into groups, and the kind of cap that can stand over such a group.
AXES = (
    ("academic_mentor_id", CapKind.MENTOR),
    ("industry_mentor_id", CapKind.MENTOR),
    ("base_id", CapKind.BASE),
    ("organisation_id", CapKind.ENTERPRISE),
)


@dataclass(frozen=True)
class Proposed:
    """A cap that the records call for, because more places are offered than the subject can take."""

    kind: str
    subject_id: int
    label: str
    capacity: int
    offered: int


def subjects(project, kind):
    """The ids that a project counts against under caps of `kind`."""
    if kind == CapKind.MENTOR:
        return {project.academic_mentor_id, project.industry_mentor_id}
    return {project.base_id if kind == CapKind.BASE else project.organisation_id}


def members(caps, projects):
    """[(cap, ids of the projects it holds)] in the order given."""
    by_subject = {}
    for project in projects:
        for kind in CapKind.values:
            for subject in subjects(project, kind):
                by_subject.setdefault((kind, subject), set()).add(project.pk)
    return [(cap, frozenset(by_subject.get((cap.kind, cap.subject_id), ()))) for cap in caps]


def crossing(held):
    """The first two caps that meet and do not hold one another, and a project that both hold:
    (cap, cap, project id), or None. `held` comes from `members`.
    """
    by_project = {}
    for index, (_cap, projects) in enumerate(held):
        for project in projects:
            by_project.setdefault(project, []).append(index)
    for project, indexes in by_project.items():
        for first, second in combinations(indexes, 2):
            one, other = held[first][1], held[second][1]
            if not (one <= other or other <= one):
                return held[first][0], held[second][0], project
    return None


def overlapping(held):
    """The first two caps that meet and do not hold one another, or None."""
    found = crossing(held)
    return found and found[:2]


def reachable(cap, others, projects):
    """How many students could at most be placed under `cap` if it were dropped and `others` stood.

    Every project has one academic mentor, one industry mentor, one base and one enterprise; along each of these the
    places under the cap fall into groups, and no group takes more than its own cap. The narrowest way of counting holds.
    """
    limits = {(other.kind, other.subject_id): other.capacity for other in others}
    under = [project for project in projects if cap.subject_id in subjects(project, cap.kind)]
    return min(_most(under, axis, kind, limits) for axis, kind in AXES)


def _most(projects, axis, kind, limits):
    groups = {}
    for project in projects:
        subject = getattr(project, axis)
        groups[subject] = groups.get(subject, 0) + places_of(project)
    return sum(min(places, limits.get((kind, subject), places)) for subject, places in groups.items())


def nest(caps, projects):
    """The caps without those that stand across others and are kept by them anyway: (kept, left out).

    What is left out could never be exceeded while the others stand, so nothing is given up. Caps may still cross
    after that; then only a person can say which limit to give up.
    """
    kept, left_out = list(caps), []
    while found := _spare(kept, projects):
        kept.remove(found)
        left_out.append(found)
    return kept, left_out


def _spare(caps, projects):
    pair = overlapping(members(caps, projects)) or ()
    for cap in pair:
        others = [other for other in caps if other is not cap]
        if reachable(cap, others, projects) <= cap.capacity:
            return cap
    return None


def propose(projects, *, taken):
    """Caps for every mentor and base that is offered more places than it has left, in a steady order.

    `taken(kind, subject_id)` says how many places are in use already. A cap that can never be reached is left out:
    it would change nothing and could stand across another one.
    """
    offered, subject_rows = {}, {}
    for project in projects:
        for kind, subject_id, subject, capacity in _limits(project):
            offered[kind, subject_id] = offered.get((kind, subject_id), 0) + places_of(project)
            subject_rows[kind, subject_id] = (str(subject), capacity)
    found = []
    for (kind, subject_id), places in sorted(offered.items()):
        label, capacity = subject_rows[kind, subject_id]
        left = max(capacity - taken(kind, subject_id), 0)
        if places > left:
            found.append(Proposed(kind, subject_id, label, left, places))
    return found


def _limits(project):
    academic, industry, base = project.academic_mentor, project.industry_mentor, project.base
    yield CapKind.MENTOR, academic.pk, academic.user.get_full_name(), academic.capacity
    yield CapKind.MENTOR, industry.pk, industry.user.get_full_name(), industry.capacity
    yield CapKind.BASE, base.pk, base.name, base.places_per_year
