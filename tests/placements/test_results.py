"""A student's own result: reasons without a word about others, objections in time, the answer to a place."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from consortium import clock
from consortium.models import AuditEvent, Notification
from consortium.notifications import words
from consortium.refusals import Forbidden, Invalid, Refused
from mentors.models import Appointment, Mentorship
from placements.actions import application as applications
from placements.actions import result as actions
from placements.models import (
    MatchingRound,
    MatchResult,
    MatchRun,
    Objection,
    Placement,
    ProjectScore,
    RoundCap,
    RoundStudent,
)
from placements.queries.owner import loads
from tests import factories

pytestmark = pytest.mark.django_db
TEXT = "我的学位登记为硕士，实际为博士研究生，请按教务记录核对。"


class World:
    """A round on notice: one student with three choices who got the third, and others with names that could leak."""

    def __init__(self, others=2, reason="below_cutoff", cap=None):
        self.round = factories.make_round()
        self.entries = [
            factories.add_to_round(
                self.round, factories.make_project(title=f"项目{n}", title_en="", places=5)
            )
            for n in range(4)
        ]
        self.student = factories.make_student()
        for entry in self.entries:
            applications.add_choice(student=self.student, round_project=entry, by=self.student.user)
        self.version = applications.submit_application(
            student=self.student, round=self.round, by=self.student.user, form_key="k"
        )
        self.runner = factories.make_user("graduate_officer")
        self.run = MatchRun.objects.create(
            round=self.round,
            number=1,
            state="verified",
            started_by=self.runner,
            started_at=clock.now(),
            ended_at=clock.now(),
            instance_sha256="a" * 64,
            result_sha256="b" * 64,
            rule="stable",
            adopted=True,
        )
        if cap:
            RoundCap.objects.create(
                round=self.round, kind=cap, subject_id=1, label="示例上限机密", capacity=1, code="cap1"
            )
        first, second = self.entries[:2]
        by = "cap1" if cap else first.code
        why = {"project": first.code, "reason": reason}
        if reason in ("below_cutoff", "full_by_pins"):
            why["by"] = by
        self.mine = self.result_of(
            self.student, self.entries[2], 3, [why, {"project": second.code, "reason": "closed"}]
        )
        self.others = []
        for n in range(others):
            other = factories.make_student(user=factories.make_user("student", name=f"别的同学{n}"))
            row = self.result_of(other, first, 1, [])
            ProjectScore.objects.create(
                round_project=first,
                round_student=row.round_student,
                score=71 + n,
                by=self.runner,
                saved_at=clock.now(),
            )
            self.others.append(other)
        self.set(
            state="public_notice",
            notice_started_at=clock.now(),
            notice_ends_at=clock.now() + timedelta(days=3),
        )

    def result_of(self, student, entry, choice, explanations, run=None):
        """A row of the run."""
        row, _made = RoundStudent.objects.get_or_create(
            round=self.round, student=student, defaults={"code": f"c{student.pk}", "eligible": True}
        )
        return MatchResult.objects.create(
            run=run or self.run,
            round_student=row,
            round_project=entry,
            choice=choice,
            explanations=explanations,
        )

    def set(self, **fields):
        """Change the round's row."""
        MatchingRound.objects.filter(pk=self.round.pk).update(**fields)
        self.round.refresh_from_db()

    def place(self, due=timedelta(days=2), student=None):
        """The place as offered at publication."""
        self.set(state="published", published_at=clock.now())
        return Placement.objects.create(
            round=self.round,
            student=student or self.student,
            project=self.entries[2].project,
            state="offered",
            offered_at=clock.now(),
            answer_due_at=clock.now() + due,
        )

    @property
    def url(self):
        """The student's result."""
        return reverse("round_result", args=[self.round.pk])


def page_of(client, world, who=None):
    client.force_login(who or world.student.user)
    return client.get(world.url)


# Reading


@pytest.mark.parametrize("state", ["open", "ranking", "ready", "frozen", "running", "verified"])
def test_before_the_notice_there_is_no_result_to_see(client, state):
    world = World()
    world.set(state=state)
    assert page_of(client, world).status_code == 404


def test_the_result_is_the_students_alone(client):
    world = World()
    assert page_of(client, world).status_code == 200
    for who in (factories.make_student().user, world.runner, factories.make_user("auditor")):
        assert page_of(client, world, who).status_code == 404
    client.logout()
    assert client.get(world.url).status_code == 302


def test_each_choice_has_one_sentence_and_what_lies_behind_the_place_is_not_considered(client):
    world = World()
    page = page_of(client, world)
    assert [one["state"] for one in page.context["choices"]] == ["missed", "missed", "got", "passed"]
    text = page.content.decode()
    assert "你录取到第3志愿" in text and "名额5人，录取者的项目评分都高于你" in text
    assert "该项目人数不足，本轮未开" in text and "已录取到更靠前的志愿" in text
    assert "a" * 64 in text and "b" * 64 in text and world.round.seed_sha256 in text
    assert world.round.seed not in text


@pytest.mark.parametrize(("others", "shown"), [(1, False), (2, False), (3, True), (4, True)])
def test_a_cutoff_is_shown_only_where_at_least_three_were_admitted(client, others, shown):
    world = World(others=others)
    text = page_of(client, world).content.decode()
    assert ("录取者最低评分：71" in text) is shown
    assert ("录取不足3人，不显示分数线" in text) is not shown


def test_no_cutoff_where_somebody_admitted_was_never_scored(client):
    world = World(others=3)
    ProjectScore.objects.filter(round_student__student=world.others[0]).delete()
    assert "录取者最低评分" not in page_of(client, world).content.decode()


@pytest.mark.parametrize(
    ("reason", "cap", "sentence"),
    [
        ("not_eligible", None, "项目方评分时认为你的情况不符合这个项目的要求"),
        ("closed", None, "该项目人数不足，本轮未开"),
        ("full_by_pins", None, "名额已由此前约定的同学占用"),
        ("full_by_pins", "enterprise", "该企业本年度名额已由此前约定的同学占用"),
        ("below_cutoff", None, "录取者的项目评分都高于你"),
        ("below_cutoff", "mentor", "导师可带的人数已由评分更高的同学占满"),
        ("below_cutoff", "base", "该基地本年度名额已由评分更高的同学占满"),
        ("below_cutoff", "enterprise", "该企业本年度名额已由评分更高的同学占满"),
    ],
)
def test_every_reason_is_one_sentence(client, reason, cap, sentence):
    world = World(reason=reason, cap=cap, others=3)
    text = page_of(client, world).content.decode()
    assert sentence in text
    assert "示例上限机密" not in text and "cap1" not in text
    if cap:
        assert "录取者最低评分" not in text, "a cap's cutoff is nobody's business"


def test_a_condition_that_was_missed_is_named(client):
    world = World(reason="not_eligible")
    project = world.entries[0].project
    project.degree = "doctor"
    project.save()
    assert "你的条件不符合：该项目要求博士研究生，你是硕士研究生" in page_of(client, world).content.decode()


def test_nothing_of_anybody_else_is_on_the_page(client):
    world = World(others=4)
    text = page_of(client, world).content.decode()
    for other in world.others:
        assert other.user.name not in text and other.number not in text and f">c{other.pk}<" not in text
    for score in (72, 73, 74):
        assert f"评分：{score}" not in text and f">{score}<" not in text


def test_the_unplaced_reads_one_cause_and_what_comes_next(client):
    world = World()
    MatchResult.objects.filter(pk=world.mine.pk).update(round_project=None, choice=None, cause="full")
    factories.make_round(
        state="planned",
        name="补录轮次",
        opens_at=clock.now() + timedelta(days=20),
        closes_at=clock.now() + timedelta(days=30),
        scoring_ends_at=clock.now() + timedelta(days=35),
    )
    page = page_of(client, world)
    text = page.content.decode()
    assert "本轮没有匹配" in text and "名额都由评分更高的同学占满" in text and "补录轮次从" in text
    # Four projects of five places, two taken by others at the first.
    assert page.context["places_left"] == 18 and "还有18个空位" in text


def test_a_corrected_result_says_so_and_keeps_the_former_one(client):
    world = World()
    Objection.objects.create(
        round=world.round,
        run=world.run,
        by=world.others[0].user,
        kind="score",
        text="机密的异议内容" * 4,
        made_at=clock.now(),
        due_at=clock.now(),
        state="upheld",
        answer="成立",
        answered_by=factories.make_user("graduate_officer"),
    )
    MatchRun.objects.filter(pk=world.run.pk).update(adopted=False)
    rerun = MatchRun.objects.create(
        round=world.round,
        number=2,
        state="verified",
        started_by=world.runner,
        started_at=clock.now(),
        ended_at=clock.now(),
        instance_sha256="c" * 64,
        result_sha256="d" * 64,
        rule="stable",
        adopted=True,
    )
    world.result_of(world.student, world.entries[0], 1, [], run=rerun)
    text = page_of(client, world).content.decode()
    assert "结果已更正：有一项异议成立" in text and "你的新结果：项目0" in text
    assert "第1次运行（已更正）： 项目2" in text and "机密的异议内容" not in text


def test_how_results_come_about_is_for_everybody_signed_in_once_the_round_is_open(client):
    world = World()
    client.force_login(world.student.user)
    assert "五名学生的例子" in client.get(reverse("round_how", args=[world.round.pk])).content.decode()
    world.set(state="planned")
    assert client.get(reverse("round_how", args=[world.round.pk])).status_code == 404


# Objecting


def object_to(world, by=None, **changes):
    sent = {"kind": "record", "text": TEXT} | changes
    return actions.object_to_match(round=world.round, by=by or world.student.user, **sent)


def test_an_objection_is_told_to_those_who_did_not_run_the_round():
    world = World()
    answerer = factories.make_user("graduate_officer")
    objection = object_to(world)
    told = set(Notification.objects.filter(kind="objection_made").values_list("user_id", flat=True))
    assert answerer.pk in told and world.runner.pk not in told
    assert objection.run == world.run and objection.due_at > clock.now() and objection.state == "open"


def test_two_presses_make_one_objection(client):
    world = World()
    client.force_login(world.student.user)
    url = reverse("objection_new", args=[world.round.pk])
    for _ in range(2):
        assert client.post(url, {"kind": "score", "text": TEXT, "form_key": "same"}).url == world.url
    assert Objection.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "text", "field"),
    [("record", "记录不对", "text"), ("record", "长" * 501, "text"), ("nonsense", TEXT, "kind")],
)
def test_an_objection_without_substance_is_refused_at_its_field(kind, text, field):
    with pytest.raises(Invalid) as refusal:
        object_to(World(), kind=kind, text=text)
    assert refusal.value.field == field and not Objection.objects.exists()


def test_the_form_keeps_what_was_typed_and_says_how_much_is_missing(client):
    world = World()
    client.force_login(world.student.user)
    response = client.post(
        reverse("objection_new", args=[world.round.pk]), {"kind": "record", "text": "记录不对"}
    )
    page = response.content.decode()
    assert response.status_code == 422 and "说明只有4个字" in page and ">\n记录不对</textarea>" in page


def test_after_the_notice_an_objection_is_refused_with_the_contact():
    world = World()
    world.set(notice_ends_at=clock.now() - timedelta(seconds=1), contact="研究生院 示例电话")
    with pytest.raises(Refused) as refusal:
        object_to(world)
    assert "异议期已于" in str(refusal.value) and "研究生院 示例电话" in str(refusal.value)
    world.set(state="verified", notice_ends_at=None)
    with pytest.raises(Refused) as refusal:
        object_to(world)
    assert refusal.value.code == "not_on_notice"


def test_who_has_no_part_in_the_round_cannot_object(client):
    world = World()
    for who in (factories.make_student().user, world.runner, factories.make_appointment().user):
        with pytest.raises(Forbidden):
            object_to(world, by=who)
        client.force_login(who)
        assert client.get(reverse("objection_new", args=[world.round.pk])).status_code in (403, 404)
    mentor = world.entries[0].project.industry_mentor.user
    assert object_to(world, by=mentor).by == mentor


def test_proof_can_be_sent_along_and_a_renamed_program_is_refused(client):
    world = World()
    client.force_login(world.student.user)
    url = reverse("objection_new", args=[world.round.pk])
    bad = SimpleUploadedFile("成绩.pdf", b"MZ\x90\x00 not a pdf")
    response = client.post(url, {"kind": "record", "text": TEXT, "file": bad})
    assert response.status_code == 422 and not Objection.objects.exists()
    good = SimpleUploadedFile("成绩.pdf", b"%PDF-1.7 proof")
    client.post(url, {"kind": "record", "text": TEXT, "file": good})
    objection = Objection.objects.get()
    address = reverse("file", args=[objection.file_id])
    assert b"".join(client.get(address)) == b"%PDF-1.7 proof"
    client.force_login(world.others[0].user)
    assert client.get(address).status_code == 404


# The answer to a place


def test_accepting_is_final_and_told(client):
    world = World()
    place = world.place()
    client.force_login(world.student.user)
    page = client.post(reverse("place_accept", args=[place.pk]), follow=True).content.decode()
    assert "签署协议" in page and "进站前的准备" in page
    place.refresh_from_db()
    assert place.state == "accepted" and place.answered_at
    with pytest.raises(Refused) as refusal:
        actions.decline_place(placement=place, by=world.student.user, reason="想换一个更合适的方向")
    assert refusal.value.code == "answered"


def test_declining_needs_a_reason_of_ten_characters(client):
    world = World()
    place = world.place()
    client.force_login(world.student.user)
    url = reverse("place_decline", args=[place.pk])
    response = client.post(url, {"reason": "不想去"})
    page = response.content.decode()
    assert response.status_code == 422 and "至少10个字" in page and "不想去</textarea>" in page
    assert "放弃后不能恢复" in page
    client.post(url, {"reason": "家庭原因不能到岗，抱歉"})
    place.refresh_from_db()
    assert place.state == "declined" and place.reason == "家庭原因不能到岗，抱歉"


def test_nobody_else_answers(client):
    world = World()
    place = world.place()
    stranger = factories.make_student().user
    with pytest.raises(Forbidden):
        actions.accept_place(placement=place, by=stranger)
    client.force_login(stranger)
    assert client.post(reverse("place_accept", args=[place.pk])).status_code == 404
    assert client.post(reverse("place_decline", args=[place.pk]), {"reason": "x" * 20}).status_code == 404
    assert client.get(reverse("place_accept", args=[place.pk])).status_code == 405
    place.refresh_from_db()
    assert place.state == "offered"


def test_an_answer_after_its_date_is_refused_even_before_the_clock_has_lapsed_it():
    world = World()
    place = world.place(due=timedelta(seconds=-1))
    with pytest.raises(Refused) as refusal:
        actions.accept_place(placement=place, by=world.student.user)
    assert refusal.value.code == "late" and "补录" in str(refusal.value)


def test_only_one_place_can_be_accepted():
    world, other = World(), World()
    actions.accept_place(placement=world.place(), by=world.student.user)
    second = other.place(student=world.student)
    with pytest.raises(Refused) as refusal:
        actions.accept_place(placement=second, by=world.student.user)
    assert refusal.value.code == "second"
    second.refresh_from_db()
    assert second.state == "offered"


def test_silence_is_reminded_of_twice_and_then_lapses_once(client):
    world = World()
    place = world.place(due=timedelta(days=2))
    due = place.answer_due_at
    told = Notification.objects.filter(kind="place_reminder")
    for hours, reminders in ((30, 0), (23, 1), (22, 1), (3, 2), (1, 2)):
        assert actions.lapse_unanswered(now=due - timedelta(hours=hours)) == 0
        assert told.count() == reminders, hours
    assert actions.lapse_unanswered(now=due) == 1
    assert actions.lapse_unanswered(now=due + timedelta(days=1)) == 0
    place.refresh_from_db()
    assert place.state == "lapsed" and Notification.objects.filter(kind="place_lapsed").count() == 1
    assert "这次录取已失效" in page_of(client, world).content.decode()


def test_an_accepted_place_never_lapses():
    world = World()
    place = world.place()
    actions.accept_place(placement=place, by=world.student.user)
    assert actions.lapse_unanswered(now=clock.now() + timedelta(days=9)) == 0


# Waiting for me


def test_the_start_page_names_each_duty_with_its_time(client):
    student = factories.make_student()
    client.force_login(student.user)

    def titles():
        return [duty.title for duty in client.get(reverse("dashboard")).context["duties"]]

    assert titles() == []
    round_ = factories.make_round(name="秋季轮")
    entry = factories.add_to_round(round_, factories.make_project())
    assert titles() == ["填报秋季轮的志愿"]
    applications.add_choice(student=student, round_project=entry, by=student.user)
    assert titles() == ["秋季轮的志愿表还没提交"]
    applications.submit_application(student=student, round=round_, by=student.user, form_key="k")
    assert titles() == []
    more = factories.add_to_round(round_, factories.make_project())
    applications.add_choice(student=student, round_project=more, by=student.user)
    assert titles() == ["秋季轮的志愿表有未提交的修改"]


def test_the_start_page_names_the_notice_and_the_place(client):
    world = World()
    client.force_login(world.student.user)
    duties = client.get(reverse("dashboard")).context["duties"]
    assert [duty.verb for duty in duties] == ["查看我的结果"] and duties[0].due == world.round.notice_ends_at
    place = world.place()
    duties = client.get(reverse("dashboard")).context["duties"]
    assert [duty.verb for duty in duties] == ["接受或放弃"] and duties[0].due == place.answer_due_at


def test_accepting_begins_the_mentorship_of_the_projects_mentors():
    world = World()
    place = world.place()
    actions.accept_place(placement=place, by=world.student.user)
    row = world.student.mentorships.get()
    project = place.project
    assert (row.academic, row.industry) == (project.academic_mentor, project.industry_mentor)
    assert (row.since, row.topic, row.reason) == (project.starts_on, project.title, "")


def test_place_stands_and_the_office_is_told_where_a_mentor_is_full():
    world, officer = World(), factories.make_user("graduate_officer")
    place = world.place()
    mentor = place.project.industry_mentor
    Appointment.objects.filter(pk=mentor.pk).update(capacity=1)
    factories.make_mentorship(industry=mentor)
    actions.accept_place(placement=place, by=world.student.user)
    place.refresh_from_db()
    assert place.state == "accepted" and not world.student.mentorships.exists()
    told = Notification.objects.get(kind="mentors_missing", user=officer)
    assert told.params == {"why": "full"}
    for language, said in (("zh-hans", "名额"), ("en", "as many students as")):
        with translation.override(language):
            assert said in words(told)["body"]
    act = AuditEvent.objects.get(verb="place accepted without mentors")
    assert (act.object_id, act.details) == (str(place.pk), {"why": "full"})


def test_refused_mentorship_leaves_nothing_of_itself_behind():
    world = World()
    place = world.place()
    mentor = place.project.industry_mentor
    Appointment.objects.filter(pk=mentor.pk).update(capacity=1)
    factories.make_mentorship(industry=mentor)
    today = clock.today()
    old = factories.make_mentorship(
        student=world.student, since=today - timedelta(days=90), until=today - timedelta(days=2)
    )
    actions.accept_place(placement=place, by=world.student.user)
    old.refresh_from_db()
    assert old.state == "active", "the refused act had closed it; nobody did"


def test_place_counts_for_its_mentor_although_the_student_was_guided_in_an_earlier_stay():
    world = World()
    place = world.place()
    Placement.objects.filter(pk=place.pk).update(state="accepted", answered_at=clock.now())
    mentor = place.project.industry_mentor
    assert loads([mentor])[mentor.pk] == 1
    begins = place.project.starts_on
    stay = {"student": world.student, "since": begins - timedelta(days=200)}
    old = factories.make_mentorship(**stay, until=begins - timedelta(days=1))
    assert loads([mentor])[mentor.pk] == 1
    Mentorship.objects.filter(pk=old.pk).update(until=begins + timedelta(days=30))
    assert loads([mentor])[mentor.pk] == 0
