"""Two records of one organisation: every row moves, nothing is lost, and for thirty days it can be taken back."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core import serializers
from django.db import IntegrityError
from django.test import RequestFactory
from django.urls import reverse

from consortium import clock
from consortium.actions.account import invite
from consortium.actions.merge import merge_organisations, undo_merge
from consortium.actions.organisation import (
    edit_organisation,
    record_role,
    register_organisation,
    search_key_of,
)
from consortium.enums import BodyKind
from consortium.middleware import RefusalMiddleware
from consortium.models import (
    AuditEvent,
    GovernanceBody,
    Invitation,
    Membership,
    MembershipApplication,
    Organisation,
    OrganisationMerge,
    OrganisationMergeRow,
    Platform,
    RoleGrant,
    StudentProfile,
)
from consortium.queries.merge import plan_merge, references
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from placements.models import Base, Demand, Project
from tests.factories import (
    make_appointment,
    make_base,
    make_council,
    make_demand,
    make_membership,
    make_organisation,
    make_project,
    make_seat,
    make_student,
    make_user,
)

pytestmark = pytest.mark.django_db
CODE = "91110000600037341L"


FURNISHED = {
    "consortium.invitation",
    "consortium.membership",
    "consortium.membershipapplication",
    "consortium.organisation",
    "consortium.organisationalias",
    "consortium.organisationcontact",
    "consortium.organisationrole",
    "consortium.platform_organisations",
    "consortium.rolegrant",
    "consortium.studentprofile",
    "mentors.appointment",
    "placements.base",
    "placements.demand",
    "placements.project",
}


def two(**gone):
    return make_organisation("示例海河药业", short_zh="海河"), make_organisation("示例海河制药", **gone)


def settled_world():
    """The world, once every organisation is found by the names it has (factories add names past the action)."""
    for row in Organisation.objects.all():
        Organisation.objects.filter(pk=row.pk).update(pinyin=search_key_of(row))
    return world()


def changed(before, after, by=()):
    """What differs between two worlds, but for the people in `by` and their roles: [(table, number, field)]."""
    keys = {person.pk for person in by}
    spared = {("consortium.user", pk) for pk in keys}
    spared |= {
        (kind, pk) for kind, pk in after if kind == "consortium.rolegrant" and after[kind, pk]["user"] in keys
    }
    return [
        (*key, name)
        for key in (before.keys() | after.keys()) - spared
        for name in (before.get(key, {}).keys() | after.get(key, {}).keys())
        if before.get(key, {}).get(name) != after.get(key, {}).get(name)
    ]


def merged(kept, gone, by=None, **given):
    return merge_organisations(
        kept=kept, gone=gone, by=by or make_user("secretary"), reason="同一执照", **given
    )


def furnish(unit):
    """One row of every kind that points to an organisation."""
    make_membership(organisation=unit)
    base = make_base(organisation=unit)
    make_demand(organisation=unit)
    make_project(organisation=unit)
    make_student(university=unit)
    make_appointment(organisation=unit)
    admin = make_user("enterprise_admin", organisation=unit)
    invite(email="new@example.invalid", role="enterprise_admin", by=admin, organisation=unit)
    record_role(by=None, organisation=unit, body=council(), role="partner")
    platform().organisations.add(unit)
    unit.aliases.create(name=f"别名{unit.pk}")
    unit.contacts.create(
        name="示例",
        phone="13800001234",
        consented_on=clock.today(),
        consent_how="邮件",
        since=clock.today(),
        recorded_at=clock.now(),
    )
    MembershipApplication.objects.create(organisation=unit, council=council(), created_at=clock.now())
    make_organisation("示例下属", kind="university_unit", parent=unit)
    return base


def council():
    return GovernanceBody.objects.get_or_create(name_zh="示例机构", kind=BodyKind.COUNCIL)[0]


def platform():
    return Platform.objects.get_or_create(name_zh="示例平台", platform_class="platform_consortium")[0]


def world():
    """Every row of every table but those that record acts and merges, as stored."""
    spared = {
        "consortium.auditevent",
        "consortium.audithead",
        "consortium.organisationmerge",
        "consortium.organisationmergerow",
    }
    return {
        (model._meta.label_lower, row["pk"]): row["fields"]
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and model._meta.app_label in ("consortium", "mentors", "placements")
        and model._meta.label_lower not in spared
        for row in serializers.serialize("python", model._base_manager.order_by("pk"))
    }


def test_every_row_of_every_kind_moves_and_comes_back_as_it_was():
    kept, gone = two(uscc=CODE, district="西青区")
    furnish(gone)
    assert {kind.label for kind in plan_merge(kept, gone).kinds} >= FURNISHED
    assert {model._meta.label_lower for model, _key in references()} > FURNISHED
    before = settled_world()
    merge = merged(kept, gone)
    assert not Organisation.objects.filter(pk=merge.gone).exists()
    for model in (Membership, Base, Demand, Project, RoleGrant, Invitation):
        assert model.objects.filter(organisation=kept).exists(), model
    assert StudentProfile.objects.filter(university=kept).exists()
    kept.refresh_from_db()
    assert (kept.uscc, kept.district) == (CODE, "西青区")
    assert "示例海河制药" in kept.aliases.values_list("name", flat=True)
    _back, stay = undo_merge(merge=merge, by=merge.merged_by)
    assert stay == 0
    assert changed(before, world(), by=[merge.merged_by]) == []


def test_rows_that_would_collide_follow_the_rule_that_the_preview_says():
    kept, gone = two()
    person = make_user("enterprise_admin", organisation=kept)
    RoleGrant.objects.create(user=person, role="enterprise_admin", organisation=gone, given_at=clock.now())
    for unit in (kept, gone):
        record_role(by=None, organisation=unit, body=council(), role="partner", source={"line": unit.pk})
        platform().organisations.add(unit)
        unit.aliases.create(name="同一别名")
    before = settled_world()
    plan = plan_merge(kept, gone)
    fates = {kind.label: [(row.fate, bool(row.why)) for row in kind.rows] for kind in plan.kinds}
    assert fates == {
        "consortium.organisationalias": [("dropped", True)],
        "consortium.organisationrole": [("dropped", True)],
        "consortium.platform_organisations": [("dropped", True)],
        "consortium.rolegrant": [("closed", True)],
    }
    merge = merged(kept, gone)
    assert RoleGrant.objects.filter(user=person, organisation=kept).count() == 2
    assert RoleGrant.objects.filter(user=person, ended_at=None).count() == 1
    assert platform().organisations.count() == 1
    undo_merge(merge=merge, by=merge.merged_by)
    assert changed(before, world(), by=[merge.merged_by]) == []


@pytest.mark.parametrize("case", ["membership", "sample", "codes", "unit", "units"])
def test_what_a_merge_must_not_decide_stops_it(case):
    kept, gone = two()
    if case == "membership":
        for unit in (kept, gone):
            make_membership(organisation=unit, council=make_council("示例理事会"))
    elif case == "sample":
        Organisation.objects.filter(pk=gone.pk).update(is_sample=False)
    elif case == "codes":
        Organisation.objects.filter(pk=kept.pk).update(uscc=CODE)
        Organisation.objects.filter(pk=gone.pk).update(uscc="91350100M000100Y43")
    elif case == "unit":
        middle = make_organisation(parent=gone)
        Organisation.objects.filter(pk=kept.pk).update(parent=middle)
    else:
        for unit in (kept, gone):
            make_organisation("示例生物学院", parent=unit)
    before, by = world(), make_user("secretary")
    with pytest.raises(Refused) as refused:
        merged(kept, gone, by)
    assert refused.value.code == "obstacle" and refused.value.remedy
    assert changed(before, world(), by=[by]) == []
    assert not OrganisationMerge.objects.exists()


def test_a_rule_of_the_database_alone_stops_it_in_words():
    kept, gone = two()
    by = make_user("secretary")
    for unit in (kept, gone):
        make_seat(body=make_council(), organisation=unit)
    assert not plan_merge(kept, gone).obstacles
    with pytest.raises(Refused) as refused:
        merged(kept, gone, by)
    assert refused.value.code == "obstacle" and "席位" in str(refused.value)
    assert gone.seats.count() == 1 and not OrganisationMerge.objects.exists()


def test_a_merge_writes_one_audit_row_with_all_counts():
    kept, gone = two()
    make_base(organisation=gone)
    count = AuditEvent.objects.count()
    by = make_user("secretary")
    count = AuditEvent.objects.count()
    merge = merged(kept, gone, by)
    assert AuditEvent.objects.count() == count + 1
    row = AuditEvent.objects.get(verb="organisations merged")
    assert row.details["rows"] == {"placements.base": 1} and row.details["gone"] == merge.gone


def test_a_preview_that_is_no_longer_true_is_refused():
    kept, gone = two()
    seen = plan_merge(kept, gone).seen
    make_base(organisation=gone)
    with pytest.raises(Stale):
        merged(kept, gone, seen=seen)
    assert Organisation.objects.filter(pk=gone.pk).exists()


@pytest.mark.parametrize(
    "role", ["graduate_officer", "enterprise_admin", "auditor", "board_officer", "system_admin"]
)
def test_merging_and_undoing_are_the_secretariats(role):
    kept, gone = two()
    by = make_user(
        role,
        organisation=kept if role == "enterprise_admin" else None,
        board=None if role != "board_officer" else make_council("示例"),
    )
    with pytest.raises(Forbidden):
        merged(kept, gone, by)
    merge = merged(kept, gone)
    with pytest.raises(Forbidden):
        undo_merge(merge=merge, by=by)


def test_a_reason_is_needed():
    kept, gone = two()
    with pytest.raises(Invalid) as refused:
        merge_organisations(kept=kept, gone=gone, by=make_user("secretary"), reason="  ")
    assert refused.value.field == "reason"


def test_what_was_merged_cannot_be_merged_again():
    kept, gone = two()
    merged(kept, gone)
    gone.pk = OrganisationMerge.objects.get().gone
    for pair in ((kept, gone), (gone, kept), (kept, kept)):
        with pytest.raises(Refused):
            merged(*pair)


# --- undoing


def test_what_was_changed_since_stays_and_is_counted():
    kept, gone = two(district="西青区")
    base, third = make_base(organisation=gone), make_organisation("示例第三家")
    other = make_base(organisation=gone)
    by = make_user("secretary")
    merge = merged(kept, gone, by)
    Base.objects.filter(pk=base.pk).update(organisation=third)
    edit_organisation(organisation=kept, by=by, district="武清区")
    back, stay = undo_merge(merge=merge, by=by)
    assert stay == 1 and back.pk == merge.gone and back.district == "西青区"
    assert Base.objects.get(pk=other.pk).organisation_id == back.pk
    kept.refresh_from_db()
    assert kept.district == "武清区"


def test_after_thirty_days_it_stands():
    merge = merged(*two())
    by = make_user("secretary")
    with clock.moved(timedelta(days=30, minutes=1)), pytest.raises(Refused) as refused:
        undo_merge(merge=merge, by=by)
    assert refused.value.code == "late"
    with clock.moved(timedelta(days=29, hours=23)):
        undo_merge(merge=merge, by=by)
    with pytest.raises(Refused) as refused:
        undo_merge(merge=merge, by=by)
    assert refused.value.code == "undone"


def test_a_chain_is_undone_from_its_end():
    a, b, c = (make_organisation(f"示例链{letter}") for letter in "甲乙丙")
    base, by = make_base(organisation=a), make_user("secretary")
    first, second = merged(b, a, by), merged(c, b, by)
    with pytest.raises(Refused) as refused:
        undo_merge(merge=OrganisationMerge.objects.get(pk=first.pk), by=by)
    assert refused.value.code == "later" and refused.value.url == second.get_absolute_url()
    undo_merge(merge=second, by=by)
    undo_merge(merge=OrganisationMerge.objects.get(pk=first.pk), by=by)
    assert Base.objects.get(pk=base.pk).organisation.name_zh == "示例链甲"


def test_a_name_taken_since_stops_the_undo():
    kept, gone = two()
    by = make_user("secretary")
    merge = merged(kept, gone, by)
    kept.aliases.all().delete()
    again = register_organisation(by=by, name_zh="示例海河制药", kind="enterprise")
    with pytest.raises(Refused) as refused:
        undo_merge(merge=merge, by=by)
    assert refused.value.code == "taken" and refused.value.url == again.get_absolute_url()


# --- pages


def test_the_old_address_leads_to_the_kept_record_and_back_after_an_undo(client):
    kept, gone = two()
    old = gone.get_absolute_url()
    by = make_user("secretary")
    merge = merged(kept, gone, by)
    answer = client.get(old, {"as_of": "2026-01-02"})
    assert answer.status_code == 301 and answer.url == f"{kept.get_absolute_url()}?as_of=2026-01-02"
    assert "no-cache" in answer["Cache-Control"]
    undo_merge(merge=merge, by=by)
    assert client.get(old).status_code == 200
    assert client.get(reverse("member", args=[999_999])).status_code == 404


def test_old_addresses_of_a_chain_lead_to_its_end(client):
    a, b, c = (make_organisation(f"示例链{letter}") for letter in "甲乙丙")
    old = a.get_absolute_url()
    merged(b, a)
    merged(c, b)
    assert client.get(old).url == c.get_absolute_url()


def test_the_pages_show_all_that_moves_merge_once_and_undo(client):
    kept, gone = two()
    base = furnish(gone)
    client.force_login(make_user("secretary"))
    url = reverse("member_merge", args=[kept.pk])
    assert gone.name in client.get(url).content.decode()  # it looks alike
    chosen = client.get(url, {"name": gone.name_zh})
    assert chosen.status_code == 302
    page = client.get(chosen.url)
    text = page.content.decode()
    assert base.name in text and "别名" in text and "示例下属" in text
    student = StudentProfile.objects.get(university=gone)
    assert student.user.name not in text and student.number not in text
    empty = client.post(chosen.url, {"reason": "", "seen": page.context["plan"].seen})
    assert empty.status_code == 422
    form = {"reason": "同一执照", "seen": page.context["plan"].seen, "form_key": "k"}
    first, second = (client.post(chosen.url, form) for _press in range(2))
    assert first.status_code == 302
    assert second.status_code in (200, 302)
    assert OrganisationMerge.objects.count() == 1
    merge = OrganisationMerge.objects.get()
    assert first.url == merge.get_absolute_url()
    assert "可撤销至" in client.get(first.url).content.decode()
    assert merge.gone_name in client.get(kept.get_absolute_url()).content.decode()
    assert client.post(first.url).status_code == 302
    assert client.post(first.url).status_code == 409
    assert Organisation.objects.filter(pk=merge.gone).exists()


def test_a_stale_preview_is_shown_anew(client):
    kept, gone = two()
    client.force_login(make_user("secretary"))
    url = f"{reverse('member_merge', args=[kept.pk])}?other={gone.pk}"
    seen = client.get(url).context["plan"].seen
    base = make_base(organisation=gone)
    page = client.post(url, {"reason": "同一执照", "seen": seen})
    assert (
        page.status_code == 409 and base.name in page.content.decode() and "同一执照" in page.content.decode()
    )
    assert (
        client.post(url, {"reason": "同一执照", "seen": page.context["form"]["seen"].value()}).status_code
        == 302
    )


@pytest.mark.parametrize(
    ("role", "status"), [(None, 302), ("graduate_officer", 404), ("auditor", 200), ("student", 404)]
)
def test_who_reads_a_merge(client, role, status):
    merge = merged(*two())
    if role:
        client.force_login(make_user(role))
    assert client.get(merge.get_absolute_url()).status_code == status
    assert client.get(reverse("member_merge", args=[merge.kept_id])).status_code == (
        302 if role is None else 403
    )
    if role == "auditor":
        assert client.post(merge.get_absolute_url()).status_code == 403


@pytest.mark.parametrize(
    "query", [{"other": "x"}, {"other": "9" * 30}, {"other": "²"}, {"name": "没有这家"}, {"name": "\x00"}]
)
def test_nonsense_is_told_and_no_fault(client, query):
    kept, _gone = two()
    client.force_login(make_user("secretary"))
    assert client.get(reverse("member_merge", args=[kept.pk]), query).status_code in (200, 422)
    assert not OrganisationMergeRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_writing_to_what_was_merged_at_this_moment_is_told_and_no_fault(client):
    base, gone = make_base(), make_organisation()
    number = gone.pk
    gone.delete()
    with pytest.raises(IntegrityError) as error:
        Base.objects.filter(pk=base.pk).update(organisation=number)
    with pytest.raises(IntegrityError) as twice:
        Organisation.objects.create(
            name_zh=base.organisation.name_zh,
            kind="enterprise",
            created_at=clock.now(),
            pk=base.organisation_id,
        )
    request = RequestFactory().post("/")
    answer = RefusalMiddleware(None).process_exception(request, error.value)
    assert answer.status_code == 409 and "合并" in answer.content.decode()
    assert RefusalMiddleware(None).process_exception(request, twice.value) is None
