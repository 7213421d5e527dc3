"""The demo's world as the command loads it: complete, consistent, through everybody's own actions, once."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.db import transaction
from django.db.models import F

from consortium import clock, jobs
from consortium.audit import first_broken_link
from consortium.clock import SHANGHAI
from consortium.demo_accounts import ACCOUNTS
from consortium.models import (
    Agreement,
    AgreementParty,
    AuditEvent,
    Membership,
    MembershipApplication,
    MembershipObjection,
    Organisation,
    OutboxMessage,
    RoleGrant,
    Skill,
    StudentProfile,
    User,
)
from consortium.queries.agreement import turns_of
from consortium.verbs import OUTSIDERS
from mentors.models import (
    Appointment,
    Mentorship,
    Nomination,
    Reopening,
    SupervisionLog,
    YearlyAssessment,
)
from mentors.queries.assessment import to_assess
from mentors.queries.log import differing, to_confirm, to_cosign
from placements.actions.freeze import freeze_round
from placements.actions.notice import start_notice
from placements.actions.run import run_round
from placements.models import Application, Base, Demand, MatchingRound, Placement, Project, RoundProject
from placements.rules.eligibility import open_to

ROLES = {
    "student": "student",
    "student2": "student",
    "academic": "academic_mentor",
    "industry": "industry_mentor",
    "enterprise": "enterprise_admin",
    "basemanager": "base_manager",
    "graduate": "graduate_officer",
    "graduate2": "graduate_officer",
    "board": "board_officer",
    "secretary": "secretary",
    "secretary2": "secretary",
    "director": "council_director",
    "director2": "council_director",
    "expert": "expert",
    "auditor": "auditor",
    "privacy": "data_protection_officer",
    "admin": "system_admin",
    "several": "academic_mentor enterprise_admin base_manager",
}


pytestmark = [pytest.mark.usefixtures("demo_world"), pytest.mark.django_db]


def rounds():
    return {round.state: round for round in MatchingRound.objects.all()}


def counts():
    return {model.__name__: model._default_manager.count() for model in apps.get_models()}


def test_counts():
    assert StudentProfile.objects.count() == 120
    # Forty of the files, two from before the portal, one by a nomination.
    assert Appointment.objects.count() == 43
    assert Project.objects.count() == 48
    assert Demand.objects.count() == 58
    assert Skill.objects.count() == 44
    assert Base.objects.count() == 12
    assert Organisation.objects.filter(is_sample=True).count() == 26
    assert 6 <= StudentProfile.objects.filter(fresh_graduate=None).count() <= 8


def test_a_nomination_waits_in_each_state_that_waits():
    states = set(Nomination.objects.values_list("state", flat=True))
    assert states == {
        "nominated",
        "employer_consented",
        "consented",
        "returned",
        "exception_requested",
        "qualified",
        "public_notice",
        "appointed",
    }
    assert to_assess(clock.today()).exists() and YearlyAssessment.objects.count() == 1


def test_accounts_of_the_contract():
    assert set(ROLES) == set(ACCOUNTS)
    for username, role in ROLES.items():
        user = User.objects.get(username=username)
        assert user.is_sample and user.email == f"{username}@example.invalid" and "示例" in user.name
        assert check_password(settings.DEMO_PASSWORD, user.password)
        assert [grant.role for grant in user.grants.all()] == role.split()


def test_everybody_is_invented_and_the_password_was_hashed_once():
    assert not User.objects.filter(is_sample=False).exists()
    assert User.objects.exclude(name__startswith="示例").count() == 0
    assert User.objects.order_by().values("password").distinct().count() == 1


def test_a_second_call_changes_nothing_at_once():
    before, started = counts(), time.perf_counter()
    call_command("load_demo", verbosity=0)
    assert time.perf_counter() - started < 1
    assert counts() == before


def test_the_trail_is_whole_and_never_steps_back():
    assert first_broken_link() is None
    first = AuditEvent.objects.filter(object_kind="consortium.user").order_by("number").first()
    moments = (
        AuditEvent.objects.filter(number__gte=first.number).order_by("number").values_list("at", flat=True)
    )
    assert list(moments) == sorted(moments)
    assert max(moments) <= clock.now()


def test_the_trail_names_nobody_who_has_no_account():
    """What the trail holds cannot be erased: whoever came by a link or objected stands there by the part alone."""
    outside = AuditEvent.objects.filter(actor_id=None).exclude(actor_name="")
    assert set(outside.values_list("actor_name", flat=True)) == set(OUTSIDERS)
    people = set(
        MembershipApplication.objects.exclude(contact_name="").values_list("contact_name", flat=True)
    )
    people |= set(MembershipObjection.objects.values_list("name", flat=True))
    people -= set(User.objects.values_list("name", flat=True))
    noted = {str(details) for details in AuditEvent.objects.values_list("details", flat=True)}
    assert people and not [name for name in people if any(name in details for details in noted)]


def test_nothing_invented_is_attached_to_a_real_organisation():
    for model in (Base, Demand, Project, Appointment, Membership):
        assert not model.objects.filter(organisation__is_sample=False).exists()
    assert not RoleGrant.objects.filter(organisation__is_sample=False).exists()
    assert not StudentProfile.objects.filter(university__is_sample=False).exists()
    for model in (Base, Demand, Project, MatchingRound):
        assert not model.objects.filter(is_sample=False).exists()


def test_memberships_were_confirmed_by_a_second_person():
    rows = Membership.objects.filter(organisation__is_sample=True)
    assert Counter(rows.values_list("state", "recorded_by__username", "confirmed_by__username")) == {
        ("active", "secretary", "secretary2"): 16,
        ("suspended", "secretary", "secretary2"): 1,
        ("recorded", "secretary", None): 1,
    }


def test_an_application_waits_in_each_state():
    rows = MembershipApplication.objects.all()
    assert Counter(rows.values_list("state", flat=True)) == dict.fromkeys(
        (
            "draft",
            "submitted",
            "returned",
            "checked",
            "under_vote",
            "decided",
            "approved",
            "public_notice",
            "in_force",
        ),
        1,
    )
    assert all(row.unit_name.startswith("示例") and row.is_sample for row in rows)
    assert rows.get(state="public_notice").objections.filter(answered_at=None).count() == 1
    assert rows.get(state="in_force").membership.certificate.number


def test_agreements_stand_in_each_state():
    states = sorted(Agreement.objects.values_list("state", flat=True))
    assert states == ["draft", "ended", "in_force", "in_force", "signing"]
    assert {row.organisation.is_sample for row in AgreementParty.objects.select_related("organisation")} == {
        True
    }
    enterprise = User.objects.get(username="enterprise")
    assert [row.agreement.title for row in turns_of(enterprise)] == ["示例膜分离工艺联合研发协议"]


def test_every_unit_with_projects_has_its_administrator():
    for organisation in Organisation.objects.filter(projects__isnull=False).distinct():
        assert RoleGrant.objects.filter(role="enterprise_admin", organisation=organisation).count() == 1
    own = Project.objects.filter(organisation__name_zh__startswith="示例甲")
    for username in ("enterprise", "basemanager"):
        assert User.objects.get(username=username).grants.get().organisation == own.first().organisation
    assert own.count() >= 4


def test_states_of_demands_and_projects():
    assert Counter(Demand.objects.values_list("state", flat=True)) == {
        "drafted": 48,
        "demand_submitted": 2,
        "triaged": 3,
        "responded": 3,
        "returned": 2,
    }
    states = Counter(Project.objects.values_list("state", flat=True))
    assert set(states) == {"open", "matched", "submitted"} and states["submitted"] == 1
    assert not Project.objects.filter(approved_by=F("submitted_by")).exists()


def test_the_finished_round():
    round = rounds()["published"]
    request = round.requests.get(kind="open")
    assert {request.requested_by.username, request.agreed_by.username} == {"graduate", "graduate2"}
    run = round.runs.get(adopted=True)
    assert run.verdict["blocking_pairs"] == 0
    assert run.started_by != round.notice_started_by
    places = Counter(Placement.objects.filter(round=round).values_list("state", flat=True))
    assert set(places) == {"accepted", "declined", "lapsed"}
    assert places["accepted"] > 0.7 * sum(places.values())
    assert all(Placement.objects.filter(state="declined").values_list("reason", flat=True))
    assert round.objections.get().state == "dismissed"


def test_the_closed_round_waits_and_can_be_matched_at_once():
    round = rounds()["ready"]
    applied = RoundProject.objects.filter(round=round, preferences__isnull=False)
    assert not applied.filter(scores_done_at=None).exists()
    with transaction.atomic():
        graduate, second = (User.objects.get(username=name) for name in ("graduate", "graduate2"))
        freeze_round(round=round, by=graduate)
        run = run_round(round=round, by=graduate)
        jobs.run(run.job_id)
        round.refresh_from_db()
        start_notice(round=round, by=second)
        verdict = round.runs.get().verdict
        assert round.state == "public_notice" and verdict["blocking_pairs"] == 0
        assert verdict["placed"] >= 0.6 * verdict["students"]
        transaction.set_rollback(True)


def test_the_round_being_scored_is_the_pairs():
    round = rounds()["ranking"]
    assert round.scoring_ends_at > clock.now()
    shared = round.round_projects.get(
        project__academic_mentor__user__username="academic",
        project__industry_mentor__user__username="industry",
    )
    assert shared.scores_done_at is None and shared.preferences.exists()


def test_the_open_round():
    round = rounds()["open"]
    closes = round.closes_at.astimezone(SHANGHAI)
    assert (closes.hour, closes.minute) == (17, 0)
    assert closes.date() == clock.today() + timedelta(days=60)
    assert round.round_projects.count() >= 28
    states = Counter(round.applications.values_list("state", flat=True))
    assert states["submitted"] >= 40 and states["draft"] >= 3
    assert set(round.round_projects.values_list("interest", flat=True)) == {"0-2", "3-5", "6+"}


def test_the_two_student_accounts():
    round = rounds()["open"]
    first, second = (StudentProfile.objects.get(user__username=name) for name in ("student", "student2"))
    assert not Application.objects.filter(student=first).exists()
    assert list(Application.objects.filter(student=second).values_list("round", "state", "last_version")) == [
        (round.pk, "submitted", 1)
    ]
    total = round.round_projects.count()
    assert 0.6 * total < Project.objects.filter(open_to(first), round_projects__round=round).count() < total


def test_nobody_with_a_place_or_waiting_for_one_is_in_another_round():
    offered = set(Placement.objects.values_list("student", flat=True))
    finished = rounds()["published"]
    later = Application.objects.exclude(round=finished)
    assert not later.filter(student__in=offered).exists()
    assert max(Counter(later.values_list("student", flat=True)).values()) == 1


def test_no_mail_waits_and_the_last_ones_were_sent():
    assert not OutboxMessage.objects.exclude(state="sent").exists()
    assert 1 <= OutboxMessage.objects.filter(sent_at__gt=clock.now() - timedelta(hours=1)).count() <= 30


def test_half_a_year_of_guidance():
    accepted = Placement.objects.filter(state="accepted").count()
    assert Mentorship.objects.count() == accepted + 1  # and the visit of the named student
    logs = SupervisionLog.objects.order_by()
    assert {"signed", "confirmed", "differs", "amended"} == set(
        logs.values_list("state", flat=True).distinct()
    )
    assert logs.filter(cosign="signed").count() > 10 and logs.filter(cosign="asked").exists()
    assert set(Reopening.objects.values_list("state", flat=True)) == {"asked", "granted"}
    assert logs.filter(reopening__isnull=False).count() == 1
    silent = Mentorship.objects.exclude(logs__day__gt=clock.today() - timedelta(days=35))
    assert silent.count() == 2


def test_the_named_accounts_have_guidance_to_answer():
    student, industry = (User.objects.get(username=name) for name in ("student", "industry"))
    assert to_confirm(student).exists()
    assert differing(industry).count() == 1 and to_cosign(industry).exists()
