"""The ranked list: its refusals in words, its order without gaps, its versions without gaps, two devices, closing."""

import hashlib
import random
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from consortium import clock
from consortium.models import AuditEvent, Notification, OutboxMessage
from consortium.notifications import words
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from placements.actions import application as actions
from placements.actions.interest import refresh_interest
from placements.models import Application, ApplicationVersion, DraftChoice, MatchingRound, Project
from placements.queries.application import my_list
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def student():
    return factories.make_student()


@pytest.fixture
def round_():
    return factories.make_round()


@pytest.fixture
def entries(round_):
    return [
        factories.add_to_round(round_, factories.make_project(title=f"项目{n}", title_en=""))
        for n in range(8)
    ]


def listed(student, *entries):
    for entry in entries:
        application = actions.add_choice(student=student, round_project=entry, by=student.user)
    return application


def order(application):
    rows = DraftChoice.objects.filter(application=application).order_by("rank")
    assert [row.rank for row in rows] == list(range(1, len(rows) + 1)), "ranks without gaps"
    return [row.round_project_id for row in rows]


def submit(student, round_, key="k", **more):
    return actions.submit_application(student=student, round=round_, by=student.user, form_key=key, **more)


def close(round_, ago=timedelta(seconds=1)):
    MatchingRound.objects.filter(pk=round_.pk).update(closes_at=clock.now() - ago)


# The draft


def test_choices_stand_in_the_order_of_adding_and_a_second_press_adds_nothing(student, entries):
    application = listed(student, *entries[:3], entries[1])
    assert order(application) == [entry.pk for entry in entries[:3]]


def test_a_seventh_choice_is_refused_by_name_and_nothing_changes(student, entries):
    application = listed(student, *entries[:6])
    with pytest.raises(Refused) as refusal:
        listed(student, entries[6])
    assert "最多填报6个志愿" in str(refusal.value) and "项目6" in str(refusal.value)
    assert len(order(application)) == 6


def test_a_project_whose_condition_the_student_misses_is_refused_with_both_sides(student, round_):
    entry = factories.add_to_round(round_, factories.make_project(degree="doctor"))
    with pytest.raises(Refused) as refusal:
        listed(student, entry)
    assert "该项目要求博士研究生，你是硕士研究生" in str(refusal.value)
    assert refusal.value.status == 409 and refusal.value.row == entry


def test_a_withdrawn_project_cannot_be_added(student, entries):
    entries[0].withdrawn_at = clock.now()
    entries[0].save()
    with pytest.raises(Refused) as refusal:
        listed(student, entries[0])
    assert refusal.value.code == "withdrawn"


def test_a_student_with_an_accepted_place_lists_nothing(student, round_, entries):
    from placements.models import Placement

    Placement.objects.create(
        round=factories.make_round(state="published"),
        student=student,
        project=entries[0].project,
        state="accepted",
        offered_at=clock.now(),
        answer_due_at=clock.now(),
    )
    with pytest.raises(Refused) as refusal:
        listed(student, entries[1])
    assert refusal.value.code == "placed"


def test_nobody_else_changes_a_list(student, entries):
    application = listed(student, entries[0])
    stranger = factories.make_student()
    with pytest.raises(Forbidden):
        actions.add_choice(student=student, round_project=entries[1], by=stranger.user)
    with pytest.raises(Forbidden):
        actions.remove_choice(application=application, round_project=entries[0], by=stranger.user)
    with pytest.raises(Forbidden):
        submit_as = factories.make_user("graduate_officer")
        actions.submit_application(student=student, round=application.round, by=submit_as, form_key="x")
    assert order(application) == [entries[0].pk]


def test_a_thousand_random_moves_never_leave_a_gap_or_a_double(student, entries):
    """P2: adding, removing, moving anywhere, also beyond both ends."""
    chance = random.Random(7)
    application = listed(student, *entries[:4])
    model = [entry.pk for entry in entries[:4]]
    by_pk = {entry.pk: entry for entry in entries}
    for _ in range(1000):
        what = chance.random()
        if what < 0.1 and len(model) < 6:
            fresh = chance.choice([pk for pk in by_pk if pk not in model])
            actions.add_choice(student=student, round_project=by_pk[fresh], by=student.user)
            model.append(fresh)
        elif what < 0.2 and len(model) > 1:
            gone = chance.choice(model)
            actions.remove_choice(application=application, round_project=by_pk[gone], by=student.user)
            model.remove(gone)
        else:
            moved, to = chance.choice(model), chance.randint(-3, 12)
            actions.move_choice(application=application, round_project=by_pk[moved], to=to, by=student.user)
            model.remove(moved)
            model.insert(max(1, min(to, len(model) + 1)) - 1, moved)
    assert order(application) == model


def test_the_whole_order_can_be_set_at_once_and_statements_stay_with_their_projects(student, entries):
    application = listed(student, *entries[:3])
    actions.set_statement(
        application=application, round_project=entries[2], text=" 做过 灌流 ", by=student.user
    )
    codes = [entries[2].code, entries[0].code]
    actions.replace_draft(application=application, codes=codes, by=student.user)
    assert order(application) == [entries[2].pk, entries[0].pk]
    assert application.choices.get(round_project=entries[2]).statement == "做过 灌流"


@pytest.mark.parametrize("codes", [["unknown"], ["first", "first"], ["other"]])
def test_an_order_that_does_not_agree_with_the_round_is_refused(student, entries, codes):
    elsewhere = factories.add_to_round(factories.make_round(state="planned"), factories.make_project())
    application = listed(student, entries[0])
    known = {"first": entries[0].code, "other": elsewhere.code, "unknown": "nothing"}
    with pytest.raises(Invalid):
        actions.replace_draft(application=application, codes=[known[code] for code in codes], by=student.user)
    assert order(application) == [entries[0].pk]


def test_a_statement_too_long_is_refused_with_its_length(student, entries):
    application = listed(student, entries[0])
    with pytest.raises(Invalid) as refusal:
        actions.set_statement(
            application=application, round_project=entries[0], text="长" * 201, by=student.user
        )
    assert "201" in str(refusal.value)


def test_a_statement_changed_elsewhere_is_not_overwritten(student, entries):
    application = listed(student, entries[0])
    change = {"application": application, "round_project": entries[0], "by": student.user}
    actions.set_statement(text="手机上写的", was="", **change)
    with pytest.raises(Stale) as refusal:
        actions.set_statement(text="电脑上写的", was="", **change)
    assert refusal.value.theirs == "手机上写的"
    assert application.choices.get().statement == "手机上写的"


# Two devices


def test_a_move_from_a_page_that_has_grown_old_is_refused_and_changes_nothing(student, entries):
    application = listed(student, *entries[:3])
    old = application.revision
    actions.move_choice(
        application=application, round_project=entries[2], to=1, by=student.user, revision=old
    )
    before = order(application)
    with pytest.raises(Stale) as refusal:
        actions.move_choice(
            application=application, round_project=entries[0], to=3, by=student.user, revision=old
        )
    assert order(application) == before
    assert [row.round_project_id for row in refusal.value.theirs.rows] == before


def test_submitting_after_another_device_submitted_shows_both_and_names_the_time(
    student, round_, entries, client
):
    listed(student, *entries[:2])
    old = Application.objects.get().revision
    submit(student, round_, "phone")
    client.force_login(student.user)
    response = client.post(
        reverse("application_submit"),
        {"form_key": "laptop", "revision": old, "code": [entries[1].code, entries[0].code]},
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "你在另一台设备上已于" in page and "提交第1版" in page
    assert page.index("项目1") < page.index("项目0")
    assert ApplicationVersion.objects.count() == 1
    again = Application.objects.get().revision
    answer = client.post(
        reverse("application_take_this"), {"revision": again, "code": [entries[1].code, entries[0].code]}
    )
    assert answer.url == reverse("application_review")
    assert order(Application.objects.get()) == [entries[1].pk, entries[0].pk]
    assert ApplicationVersion.objects.count() == 1, "nothing is handed in before the student says so"


# Handing in


def test_versions_are_numbered_without_gaps_and_the_latest_counts(student, round_, entries):
    application = listed(student, *entries[:3])
    first = submit(student, round_, "a")
    actions.move_choice(application=application, round_project=entries[2], to=1, by=student.user)
    second = submit(student, round_, "b")
    assert (first.number, second.number) == (1, 2)
    assert [row.rank for row in second.preferences.order_by("rank")] == [1, 2, 3]
    assert second.preferences.get(rank=1).round_project == entries[2]
    assert first.preferences.get(rank=1).round_project == entries[0], "the first version is untouched"
    assert my_list(student, round_).stands == second and not my_list(student, round_).changed


def test_two_presses_of_submit_make_one_version(student, round_, entries, client):
    listed(student, entries[0])
    client.force_login(student.user)
    sent = {"form_key": "same", "revision": Application.objects.get().revision}
    first = client.post(reverse("application_submit"), sent)
    second = client.post(reverse("application_submit"), sent, follow=True)
    assert first.url == second.redirect_chain[0][0]
    assert "没有重复登记" in second.content.decode()
    assert ApplicationVersion.objects.count() == 1 and OutboxMessage.objects.count() == 1


def test_a_retry_of_an_accepted_submission_after_closing_gives_its_receipt(student, round_, entries):
    listed(student, entries[0])
    version = submit(student, round_, "same")
    close(round_)
    assert submit(student, round_, "same") == version


def test_the_check_code_recomputes_from_the_shown_list(student, round_, entries, client):
    listed(student, *entries[:3])
    version = submit(student, round_)
    client.force_login(student.user)
    page = client.get(reverse("receipt", args=[version.pk]))
    shown = page.context["check_text"]
    codes = ",".join(row.round_project.code for row in page.context["preferences"])
    assert shown == f"{round_.pk}|{student.number}|1|{codes}"
    digest = hashlib.sha256(shown.encode()).hexdigest()
    assert (
        version.check_code == f"{digest[:5]}-{digest[5:10]}" and version.check_code in page.content.decode()
    )
    text = client.get(reverse("receipt_download", args=[version.pk])).content.decode()
    assert shown in text and version.check_code in text


def test_the_receipt_says_what_changed_and_each_version_can_be_restored(student, round_, entries, client):
    application = listed(student, *entries[:3])
    first = submit(student, round_, "a")
    actions.move_choice(application=application, round_project=entries[2], to=1, by=student.user)
    second = submit(student, round_, "b")
    client.force_login(student.user)
    page = client.get(reverse("receipt", args=[second.pk])).content.decode()
    assert "“项目2” 第3 → 第1" in page
    revision = Application.objects.get().revision
    client.post(reverse("version_restore", args=[first.pk]), {"revision": revision})
    assert order(application) == [entry.pk for entry in entries[:3]]
    assert ApplicationVersion.objects.count() == 2, "restoring hands nothing in"
    assert my_list(student, round_).changed


def test_an_empty_list_is_refused(student, round_):
    with pytest.raises(Refused) as refusal:
        submit(student, round_)
    assert "你还没有选择项目" in str(refusal.value) and "请至少选择1个" in str(refusal.value)
    assert not ApplicationVersion.objects.exists()


def test_an_incomplete_profile_is_refused_with_the_way_to_complete_it(round_, entries):
    student = factories.make_student(fresh_graduate=None)
    listed(student, entries[0])
    with pytest.raises(Refused) as refusal:
        submit(student, round_)
    assert "是否应届" in str(refusal.value) and refusal.value.url.startswith(reverse("me"))


def test_a_project_withdrawn_while_listed_is_named_with_its_place_and_the_rest_stays(
    student, round_, entries, client
):
    listed(student, *entries[:3])
    entries[1].withdrawn_at = clock.now()
    entries[1].save()
    Project.objects.filter(pk=entries[1].project_id).update(state="withdrawn", withdrawn_at=clock.now())
    client.force_login(student.user)
    page = client.get(reverse("application")).content.decode()
    assert "第2志愿“项目1”已于" in page and "移除第2志愿" in page
    response = client.post(reverse("application_submit"), {"form_key": "k"})
    assert response.status_code == 409 and "第2志愿“项目1”已于" in response.content.decode()
    assert not ApplicationVersion.objects.exists()
    client.post(reverse("application_remove"), {"row": entries[1].code})
    client.post(reverse("application_submit"), {"form_key": "k2"})
    assert ApplicationVersion.objects.get().preferences.count() == 2


def test_all_reasons_are_shown_at_once_each_beside_its_row(round_, entries, client):
    student = factories.make_student(fresh_graduate=False)
    listed(student, *entries[:3])
    Project.objects.filter(pk=entries[0].project_id).update(degree="doctor")
    Project.objects.filter(pk=entries[1].project_id).update(months=3)
    client.force_login(student.user)
    rows = client.get(reverse("application_review")).context["rows"]
    assert [[blocker.code for blocker in row["blockers"]] for row in rows] == [["degree"], ["months"], []]


# Closing by the database's clock


def test_one_second_late_is_refused_with_both_times_and_what_stands(student, round_, entries):
    application = listed(student, entries[0])
    submit(student, round_, "in time")
    actions.move_choice(application=application, round_project=entries[0], to=1, by=student.user)
    closes = clock.now().replace(microsecond=0) + timedelta(days=5)
    MatchingRound.objects.filter(pk=round_.pk).update(closes_at=closes)
    with clock.standing_at(closes + timedelta(seconds=1)), pytest.raises(Refused) as refusal:
        submit(student, round_, "late")
    said = str(refusal.value)
    assert refusal.value.status == 409
    assert closes.astimezone(clock.SHANGHAI).strftime("%H:%M:%S（北京时间）截止") in said
    assert (closes + timedelta(seconds=1)).astimezone(clock.SHANGHAI).strftime("%H:%M:%S") in said
    assert "已生效的是" in said and "第1版" in said
    assert ApplicationVersion.objects.count() == 1


def test_the_moment_of_closing_is_late_and_the_one_before_is_not(student, round_, entries):
    listed(student, entries[0])
    closes = MatchingRound.objects.get(pk=round_.pk).closes_at
    with clock.standing_at(closes), pytest.raises(Refused):
        submit(student, round_, "late")
    with clock.standing_at(closes - timedelta(milliseconds=900)):
        assert submit(student, round_, "in time").number == 1


def test_a_round_that_is_not_open_takes_nothing_though_its_time_has_not_come(student, round_, entries):
    application = listed(student, entries[0])
    MatchingRound.objects.filter(pk=round_.pk).update(state="ranking")
    for act in (
        lambda: submit(student, round_),
        lambda: listed(student, entries[1]),
        lambda: actions.remove_choice(application=application, round_project=entries[0], by=student.user),
        lambda: actions.discard_draft(application=application, by=student.user),
        lambda: actions.replace_draft(application=application, codes=[], by=student.user),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "closed"
    assert order(application) == [entries[0].pk]


def test_after_closing_the_page_offers_nothing_to_press_and_says_what_stands(
    student, round_, entries, client
):
    listed(student, entries[0])
    submit(student, round_)
    close(round_)
    client.force_login(student.user)
    page = client.get(reverse("application")).content.decode()
    assert "已截止。已生效的是第1版。" in page and "data-move" not in page
    assert reverse("application_review") not in page.split("<main")[1]


def test_the_page_carries_the_server_clock_for_the_last_ten_minutes(student, round_, entries, client):
    listed(student, entries[0])
    client.force_login(student.user)
    page = client.get(reverse("application")).content.decode()
    assert "data-banner" in page and 'name="server-time"' in page and "data-until-closing" in page


# Withdrawing, discarding


def test_withdrawing_is_a_version_of_its_own_and_can_be_followed_by_another(student, round_, entries, client):
    listed(student, entries[0])
    submit(student, round_, "a")
    client.force_login(student.user)
    assert "不再生效" in client.get(reverse("application_withdraw")).content.decode()
    response = client.post(reverse("application_withdraw"), {"form_key": "w"})
    version = ApplicationVersion.objects.get(number=2)
    assert version.withdrawal and response.url == reverse("receipt", args=[version.pk])
    assert client.post(reverse("application_withdraw"), {"form_key": "w"}).url == response.url
    assert Application.objects.get().state == "withdrawn" and my_list(student, round_).stands is None
    assert order(Application.objects.get()) == [entries[0].pk], "the draft is kept"
    assert submit(student, round_, "b").number == 3


def test_after_closing_withdrawing_is_refused_with_what_may_be_done(student, round_, entries):
    application = listed(student, entries[0])
    submit(student, round_)
    close(round_)
    with pytest.raises(Refused) as refusal:
        actions.withdraw_application(application=application, by=student.user, form_key="w")
    assert "截止后不能撤回" in str(refusal.value) and "放弃" in str(refusal.value)


def test_discarding_gives_the_submitted_order_back(student, round_, entries):
    application = listed(student, *entries[:2])
    submit(student, round_)
    actions.move_choice(application=application, round_project=entries[1], to=1, by=student.user)
    assert my_list(student, round_).changed
    actions.discard_draft(application=application, by=student.user)
    assert order(application) == [entries[0].pk, entries[1].pk] and not my_list(student, round_).changed


# What is left behind


def test_handing_in_leaves_one_audit_row_and_one_message_without_any_name_in_its_subject(
    student, round_, entries
):
    listed(student, entries[0])
    version = submit(student, round_)
    event = AuditEvent.objects.get(verb="application.submitted")
    assert event.actor_id == student.user_id and event.details["check_code"] == version.check_code
    notice = Notification.objects.get(kind="application_submitted")
    said = words(notice)
    assert version.check_code in said["body"] and student.user.name not in said["subject"]
    assert notice.url == reverse("receipt", args=[version.pk])


def test_a_stranger_finds_neither_list_nor_receipt(student, round_, entries, client):
    listed(student, entries[0])
    version = submit(student, round_)
    for who in (
        factories.make_student().user,
        factories.make_user("graduate_officer"),
        factories.make_user("auditor"),
    ):
        client.force_login(who)
        for name in ("receipt", "receipt_download", "receipt_calendar"):
            assert client.get(reverse(name, args=[version.pk])).status_code in (403, 404), (who, name)
        assert client.post(reverse("version_restore", args=[version.pk])).status_code in (403, 404)
    assert ApplicationVersion.objects.count() == 1


def test_getting_any_page_of_a_list_changes_nothing(student, round_, entries, client):
    listed(student, entries[0])
    submit(student, round_)
    client.force_login(student.user)
    before = (
        Application.objects.values_list()[0],
        DraftChoice.objects.count(),
        ApplicationVersion.objects.count(),
    )
    for name in ("application", "application_review", "application_withdraw"):
        assert client.get(reverse(name)).status_code == 200
    for name in ("application_move", "application_remove", "application_submit", "application_discard"):
        assert client.get(reverse(name)).status_code == 405
    after = (
        Application.objects.values_list()[0],
        DraftChoice.objects.count(),
        ApplicationVersion.objects.count(),
    )
    assert before == after


def test_the_calendar_entry_names_the_round_and_nobody(student, round_, entries, client):
    listed(student, entries[0])
    version = submit(student, round_)
    client.force_login(student.user)
    text = client.get(reverse("receipt_calendar", args=[version.pk])).content.decode()
    assert "BEGIN:VEVENT" in text and round_.name in text.replace("\r\n ", "")
    assert student.number not in text and student.user.name not in text


def test_the_database_itself_refuses_a_second_version_of_one_number_and_a_rank_twice(
    student, round_, entries
):
    application = listed(student, *entries[:2])
    version = submit(student, round_)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationVersion.objects.create(
            application=application, number=1, submitted_at=clock.now(), check_code="x", form_key="other"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        version.preferences.filter(rank=2).update(rank=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        DraftChoice.objects.filter(rank=2).update(rank=1)


# Moves by page


def test_a_move_works_as_a_plain_form_and_says_where_it_went(student, entries, client):
    listed(student, *entries[:3])
    client.force_login(student.user)
    page = client.post(reverse("application_move"), {"row": entries[2].code, "to": "1"}, follow=True)
    assert "“项目2”移到第1位，共3位" in page.content.decode()
    assert page.redirect_chain[0][0].endswith(f"#row-{entries[2].code}")


def test_a_move_by_script_answers_with_the_number_of_the_draft(student, entries, client):
    application = listed(student, *entries[:3])
    client.force_login(student.user)
    sent = {"row": entries[2].code, "to": "1", "revision": application.revision}
    answer = client.post(reverse("application_move"), sent, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 204 and answer["X-Revision"] == str(Application.objects.get().revision)
    stale = client.post(reverse("application_move"), sent, headers={"X-Requested-With": "fetch"})
    assert stale.status_code == 409


@pytest.mark.parametrize("to", ["", "x", "-1", "99999", "１"])
def test_a_strange_place_is_refused_in_words(student, entries, client, to):
    listed(student, *entries[:2])
    client.force_login(student.user)
    assert client.post(reverse("application_move"), {"row": entries[0].code, "to": to}).status_code == 422


def test_from_the_first_page_to_a_submitted_list_of_three_in_five_presses(student, round_, entries, client):
    client.force_login(student.user)
    client.get(reverse("projects"))
    for entry in entries[:3]:
        client.post(reverse("choice_add", args=[entry.project_id]) + "?next=/projects/")
    review = client.get(reverse("application_review"))
    sent = {"form_key": review.context["key"], "revision": review.context["mine"].revision}
    receipt = client.post(reverse("application_submit"), sent, follow=True)
    assert "第1版已提交" in receipt.content.decode()


def test_the_way_back_after_adding_never_leaves_this_site(student, entries, client):
    client.force_login(student.user)
    address = reverse("choice_add", args=[entries[0].project_id])
    assert client.post(f"{address}?next=https://elsewhere.example/").url == reverse("application")


# Interest


def test_interest_counts_latest_handed_in_lists_in_bands(round_, entries):
    students = [factories.make_student() for _ in range(6)]
    for one in students:
        listed(one, entries[0])
        submit(one, round_, f"a{one.pk}")
    for one in students[:3]:
        listed(one, entries[1])
        submit(one, round_, f"b{one.pk}")
    withdrawn = Application.objects.get(student=students[5])
    actions.withdraw_application(application=withdrawn, by=students[5].user, form_key="w")
    listed(factories.make_student(), entries[2])
    refresh_interest()
    bands = dict(round_.round_projects.order_by("pk").values_list("pk", "interest"))
    assert [bands[entry.pk] for entry in entries[:4]] == ["3-5", "3-5", "0-2", "0-2"]
    assert refresh_interest() == 0, "a second run changes nothing"
