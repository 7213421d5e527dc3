"""Pages of demands and projects: forms keep what was typed, presses count once, permissions hold."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from consortium import clock
from consortium.models import Membership, Notification
from consortium.notifications import words
from consortium.registry import registry
from consortium.working_calendar import after_working_days
from placements.actions import demand as demand_actions
from placements.actions import project as actions
from placements.models import Application, Demand, DraftChoice, Project
from tests.factories import add_to_round, make_appointment, make_project, make_round, make_skill, make_student
from tests.placements.owner_kit import TEXT, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House()


@pytest.fixture
def admin(house, client):
    client.force_login(house.admin)
    return client


def form(**fields):
    board = Demand.objects.order_by("pk").first()
    return {
        "list": "technology",
        "title": "在位清洗的终点判断",
        "text": TEXT,
        "places": "1",
        "level": "member",
        "board": fields.pop("board", board and board.board_id),
        "form_key": uuid.uuid4().hex,
        "do": "submit",
        **fields,
    }


def test_stating_a_demand(house, admin):
    cards = admin.get(reverse("demand_new")).content.decode()
    assert all(f"?list={one}" in cards for one in ("product", "technology", "talent"))
    page = admin.get(reverse("demand_new") + "?list=technology")
    assert page.context["form"]["board"].value() == house.boards["technology"].pk
    sent = form(board=house.boards["technology"].pk)
    answer = admin.post(reverse("demand_new"), sent)
    row = Demand.objects.get()
    assert answer["Location"] == row.get_absolute_url() and row.state == "demand_submitted"
    again = admin.post(reverse("demand_new"), sent)
    assert again["Location"] == row.get_absolute_url() and Demand.objects.count() == 1
    page = admin.get(row.get_absolute_url())
    assert page.context["position"] == 1 and len(page.context["rail"][0]["steps"]) == 10


def test_what_was_typed_comes_back(house, admin):
    sent = form(
        board=house.boards["technology"].pk,
        text="",
        title="只有标题",
        places="40",
        needed_by="不是日期",
    )
    answer = admin.post(reverse("demand_new"), sent)
    assert answer.status_code == 422 and not Demand.objects.exists()
    assert 'value="40"' in answer.content.decode() and "只有标题" in answer.content.decode()
    answer = admin.post(reverse("demand_new"), sent | {"places": "4", "needed_by": ""})
    assert answer.status_code == 422 and answer.context["form"].errors["text"] and not Demand.objects.exists()


def test_a_draft_saves_itself_and_goes_on_as_the_same_row(house, admin):
    sent = form(board=house.boards["technology"].pk, do="autosave", title="写到一半")
    saved = admin.post(reverse("demand_new"), sent)
    row = Demand.objects.get()
    assert row.state == "draft" and f'value="{row.pk}"' in saved.content.decode()
    admin.post(reverse("demand_new"), sent | {"demand": row.pk, "version": row.version, "title": "写完了"})
    # Even if the page never learnt of the row: the same form key leads to it.
    admin.post(reverse("demand_new"), sent | {"do": "submit", "title": "交上去的标题", "version": ""})
    row = Demand.objects.get()
    assert (row.title, row.state) == ("交上去的标题", "demand_submitted")
    nothing = admin.post(
        reverse("demand_new"),
        form(board=house.boards["technology"].pk, do="autosave", title="", text=""),
    )
    assert nothing.status_code == 204 and Demand.objects.count() == 1


def test_two_writers_see_both_texts(house, admin):
    row = house.draft()
    page = admin.get(reverse("demand_edit", args=[row.pk]))
    demand_actions.save_demand(by=house.admin, demand=row, title="先存的标题")
    sent = form(board=row.board_id, do="save", title="后存的标题", version=page.context["version"])
    answer = admin.post(reverse("demand_edit", args=[row.pk]), sent)
    body = answer.content.decode()
    assert answer.status_code == 409 and "先存的标题" in body and "后存的标题" in body
    sent["version"] = answer.context["version"]
    assert admin.post(reverse("demand_edit", args=[row.pk]), sent).status_code == 302
    assert Demand.objects.get().title == "后存的标题"


def test_the_page_of_a_demand_for_its_people_and_others(house, client):
    row = house.draft()
    address = reverse("demand_edit", args=[row.pk])
    for by, status in (
        (house.admin, 200),
        (house.secretary, 200),
        (house.other, 404),
        (house.manager, 403),
        (house.officer, 403),
    ):
        client.force_login(by)
        assert client.get(address).status_code == status, by
    demand_actions.submit_demand(demand=row, by=house.admin)
    client.force_login(house.admin)
    assert client.get(address).status_code == 302
    client.logout()
    assert client.get(address).status_code == 302


def test_a_lapsed_member_keeps_what_was_typed(house, admin):
    Membership.objects.update(until=clock.today() - timedelta(days=1))
    page = admin.get(reverse("demand_new") + "?list=technology")
    body = page.content.decode()
    assert page.context["gap"] and house.organisation.get_absolute_url() in body
    assert 'value="submit"' not in body and 'value="save"' in body
    answer = admin.post(
        reverse("demand_new"), form(board=house.boards["technology"].pk, title="先写着的标题")
    )
    assert answer.status_code == 409 and "先写着的标题" in answer.content.decode()
    assert not Demand.objects.exists()
    sent = form(board=house.boards["technology"].pk, title="先写着的标题", do="save")
    assert admin.post(reverse("demand_new"), sent).status_code == 302
    row = Demand.objects.get()
    sent = form(board=row.board_id, title="改了标题", version=row.version)
    answer = admin.post(reverse("demand_edit", args=[row.pk]), sent)
    assert answer.status_code == 409 and "改了标题" in answer.content.decode()
    assert Demand.objects.get().state == "draft"


def test_a_board_works_from_the_page(house, client):
    row = house.demand()
    client.force_login(house.officer)
    assert client.get(reverse("board_queue", args=["technology"])).status_code == 200
    assert client.post(reverse("demand_take", args=[row.pk])).status_code == 302
    empty = client.post(reverse("demand_answer", args=[row.pk]), {})
    assert empty.status_code == 422 and empty.context["opened"] == "answer"
    no_reason = client.post(reverse("demand_move", args=[row.pk]), {"move-board": house.boards["general"].pk})
    assert no_reason.status_code == 422 and no_reason.context["opened"] == "move"
    assert client.post(reverse("demand_ask", args=[row.pk]), {"ask-sentence": "vague"}).status_code == 302
    client.force_login(house.admin)
    page = client.get(row.get_absolute_url())
    assert page.context["complete_form"] is not None and page.context["wanted"].text
    assert client.post(reverse("demand_complete", args=[row.pk]), {"text": ""}).status_code == 422
    assert client.post(reverse("demand_complete", args=[row.pk]), {"text": "附上数据"}).status_code == 302
    client.force_login(house.officer)
    answer = client.post(
        reverse("demand_answer", args=[row.pk]),
        {"answer-sentence": "project", "answer-text": "王老师联系。"},
    )
    assert answer.status_code == 302
    assert row.entries.get(kind="answered").text.endswith("王老师联系。")
    late = client.post(reverse("demand_return", args=[row.pk]), {"return-text": "退回"})
    assert late.status_code == 409
    client.force_login(house.other_officer)
    assert client.post(reverse("demand_answer", args=[row.pk]), {"answer-text": "x"}).status_code == 404


def test_giving_away_leads_back_to_the_list(house, client):
    row = house.demand()
    client.force_login(house.officer)
    sent = {"move-board": house.boards["general"].pk, "move-reason": "综合事务"}
    assert client.post(reverse("demand_move", args=[row.pk]), sent)["Location"] == reverse("demands")


def test_withdrawing_asks_first(house, client):
    row = house.demand()
    address = reverse("demand_withdraw", args=[row.pk])
    client.force_login(house.other)
    assert client.get(address).status_code == 404
    client.force_login(house.officer)
    assert client.get(address).status_code == 404
    client.force_login(house.admin)
    assert client.get(address).status_code == 200
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "自行解决"}).status_code == 302
    assert client.get(row.get_absolute_url()).status_code == 200


# --- projects


def project_form(project, **fields):
    values = {
        "title": project.title,
        "summary": project.summary,
        "problem": project.problem,
        "aims": project.aims,
        "tasks": project.tasks,
        "field": project.field,
        "chain": project.chain,
        "talent_type": project.talent_type,
        "degree": project.degree,
        "places": project.places,
        "months": project.months,
        "starts_on": project.starts_on or "",
        "base": project.base_id or "",
        "academic_mentor": project.academic_mentor_id or "",
        "industry_mentor": project.industry_mentor_id or "",
        "stipend": project.stipend or "",
        "post_wage": project.post_wage or "",
        "hours_day": project.hours_day,
        "hours_week": project.hours_week,
        "housing": project.housing,
        "safety_class": project.safety_class,
        "level": project.level,
        "ip_terms": project.ip_terms,
        "confidentiality_terms": project.confidentiality_terms,
        "safe_work_declared": "on" if project.safe_work_declared else "",
        "version": project.version,
    }
    return values | fields


def test_from_an_answered_demand_to_approval(house, admin, client):
    demand = house.answered()
    skill = make_skill()
    assert admin.get(reverse("project_new")).status_code == 200
    assert admin.get(f"{reverse('project_new')}?demand={demand.pk}").context["demand"] == demand
    assert not Project.objects.exists()
    sent = {"demand": demand.pk, "form_key": uuid.uuid4().hex}
    answer = admin.post(reverse("project_new"), sent)
    project = Project.objects.get()
    address = reverse("project_edit", args=[project.pk])
    assert answer["Location"] == address and admin.post(reverse("project_new"), sent)["Location"] == address
    page = admin.get(address)
    assert page.context["open_lines"] > 3
    refused = admin.post(address, project_form(project, summary="先写一句", do="submit"))
    project.refresh_from_db()
    assert refused.status_code == 422 and project.summary == "先写一句" and project.state == "drafted"
    assert {"base", "stipend", "safe_work_declared"} <= set(refused.context["form"].errors)
    whole = (
        project_form(project)
        | {name: getattr(value, "pk", value) for name, value in house.complete().items()}
        | {"skills_required": [skill.pk], "do": "submit"}
    )
    handed = admin.post(address, whole)
    assert handed.status_code == 302, handed.context["form"].errors
    project.refresh_from_db()
    assert project.state == "submitted" and list(project.skills_required.all()) == [skill]
    assert admin.get(address).status_code == 200
    assert admin.post(address, whole).status_code == 409
    client.force_login(house.officer)
    assert project.title in client.get(reverse("approvals")).content.decode()
    page = client.get(reverse("approval", args=[project.pk]))
    assert page.context["may_decide"] and not page.context["red"]
    assert client.post(reverse("project_return", args=[project.pk]), {"reason": ""}).status_code == 422
    assert client.post(reverse("project_approve", args=[project.pk])).status_code == 302
    assert client.post(reverse("project_approve", args=[project.pk])).status_code == 409
    client.force_login(house.other_officer)
    assert client.get(reverse("approval", args=[project.pk])).status_code == 404
    client.force_login(house.admin)
    assert client.get(reverse("approvals")).status_code == 403


def test_what_was_typed_into_a_project_is_never_lost(house, admin):
    project = house.project()
    address = reverse("project_edit", args=[project.pk])
    answer = admin.post(address, project_form(project, places="99", title="改过的标题", do="save"))
    assert (
        answer.status_code == 422
        and 'value="99"' in answer.content.decode()
        and "改过的标题" in answer.content.decode()
    )
    actions.save_project(project=project, by=house.manager, title="基地经理的标题")
    answer = admin.post(address, project_form(project, version=1, title="管理员的标题"))
    body = answer.content.decode()
    assert answer.status_code == 409 and "基地经理的标题" in body and "管理员的标题" in body
    answer = admin.post(
        address, project_form(project, version=answer.context["version"], title="管理员的标题")
    )
    assert answer.status_code == 302
    assert Project.objects.get(pk=project.pk).title == "管理员的标题"


def test_choices_are_those_that_hold(house, admin):
    short = make_appointment(organisation=house.organisation, days=20)
    foreign = make_appointment()
    project = house.project()
    page = admin.get(reverse("project_edit", args=[project.pk]))
    offered = {value for value, _label in page.context["form"].fields["industry_mentor"].choices}
    assert house.industry.pk in offered and short.pk not in offered and foreign.pk not in offered
    forged = admin.post(
        reverse("project_edit", args=[project.pk]),
        project_form(project, industry_mentor=foreign.pk),
    )
    assert forged.status_code == 422


def test_pay_under_the_floor_from_grounds_to_review(house, admin, client):
    project = house.project()
    address = reverse("project_edit", args=[project.pk])
    refused = admin.post(address, project_form(project, stipend=1200, do="submit"))
    assert refused.status_code == 422 and set(refused.context["form"].errors) == {"stipend"}
    sent = project_form(
        project, stipend=1200, pay_grounds="企业另供食宿。", version=refused.context["version"]
    )
    assert admin.post(address, sent | {"do": "submit"}).status_code == 302
    assert "企业另供食宿。" in admin.get(address).content.decode()
    page, approve = (reverse(name, args=[project.pk]) for name in ("approval", "project_approve"))
    client.force_login(house.officer)
    shown = client.get(page)
    assert "企业另供食宿。" in shown.content.decode() and approve not in shown.content.decode()
    assert client.post(approve, {"pay_review": "可以。"}).status_code == 403
    client.force_login(house.graduate)
    assert approve in client.get(page).content.decode()
    empty = client.post(approve, {"pay_review": " "})
    assert empty.status_code == 422 and empty.context["review"].errors
    assert client.post(approve, {"pay_review": "折算后与同岗位相当。"}).status_code == 302
    assert client.post(approve, {"pay_review": "再按一次。"}).status_code == 409
    client.force_login(house.admin)
    assert "折算后与同岗位相当。" in client.get(address).content.decode()


def test_the_project_page_leads_each_reader_on(house, client):
    project = house.submitted()
    page, edit, check = (reverse(name, args=[project.pk]) for name in ("project", "project_edit", "approval"))
    demand = project.demand.get_absolute_url()

    def links(user):
        client.force_login(user)
        body = client.get(page).content.decode()
        return [f'href="{one}"' in body for one in (edit, check, demand)]

    assert links(house.admin) == links(house.manager) == [True, False, True]
    assert links(house.officer) == links(house.secretary) == [False, True, True]
    assert links(house.graduate) == [False, True, True]
    actions.approve_project(project=project, by=house.officer)
    Project.objects.update(state="open")
    student = make_student().user
    assert links(house.admin) == [True, False, True] and links(house.graduate) == [True, False, True]
    assert links(house.officer) == [False, False, True]
    assert links(house.other) == [False, False, True]
    assert links(student) == [False, False, False]  # a demand for members
    Demand.objects.update(level="public")
    assert links(student) == [False, False, True]


@pytest.mark.parametrize("state", ["drafted", "withdrawn"])
def test_the_page_of_a_project_that_lacks_almost_everything(house, client, state):
    project = actions.draft_project(demand=house.answered(), by=house.manager)
    Project.objects.update(state=state)
    for by in (house.admin, house.graduate, house.officer):
        client.force_login(by)
        assert client.get(project.get_absolute_url()).status_code == 200


def test_other_peoples_projects_are_not_there(house, client):
    project = house.project()
    for by, status in (
        (house.other, 404),
        (house.officer, 404),
        (house.secretary, 404),
        (make_appointment().user, 404),
        (house.manager, 200),
        (house.industry.user, 200),
        (house.academic.user, 200),
        (house.graduate, 200),
    ):
        client.force_login(by)
        assert client.get(reverse("project_edit", args=[project.pk])).status_code == status, by
        assert client.get(reverse("project_withdraw", args=[project.pk])).status_code == status, by
    client.force_login(house.graduate)
    assert client.post(reverse("project_edit", args=[project.pk]), {}).status_code == 409
    client.force_login(house.other)
    assert (
        client.post(reverse("project_new"), {"demand": house.answered(level="board").pk}).status_code == 404
    )


def test_after_approval_wording_by_owners_and_terms_by_the_office(house, client):
    project = make_project(
        organisation=house.organisation,
        base=house.base,
        industry_mentor=house.industry,
        academic_mentor=house.academic,
        safe_work_declared=True,
    )
    add_to_round(make_round(), project)
    texts = {
        name: getattr(project, name)
        for name in ("title", "title_en", "summary", "problem", "aims", "tasks", "deliverables")
    }
    wording, amend = (reverse(name, args=[project.pk]) for name in ("project_wording", "project_amend"))
    client.force_login(house.admin)
    assert client.get(amend).status_code == 404 and client.get(wording).status_code == 200
    assert client.post(wording, texts | {"summary": "", "version": 1}).status_code == 422
    assert client.post(wording, texts | {"summary": "新的一句话", "version": 1}).status_code == 302
    stale = client.post(wording, texts | {"summary": "又一句", "version": 1})
    assert stale.status_code == 409 and "新的一句话" in stale.content.decode()
    standing = client.get(reverse("project_edit", args=[project.pk]))
    assert "新的一句话" in standing.content.decode()
    client.force_login(house.graduate)
    assert client.get(wording).status_code == 404
    project.refresh_from_db()
    terms = project_form(project, stipend=5000)
    assert client.post(amend, terms).status_code == 422
    assert client.post(amend, terms | {"reason": "提高津贴"}).status_code == 302
    project.refresh_from_db()
    assert project.stipend == 5000


def test_withdrawing_a_project_from_its_page(house, admin):
    project = house.project()
    address = reverse("project_withdraw", args=[project.pk])
    assert admin.get(address).status_code == 200
    assert admin.post(address, {"reason": ""}).status_code == 422
    answer = admin.post(address, {"reason": "产线停产"})
    assert answer["Location"] == project.demand.get_absolute_url()
    page = admin.get(answer["Location"])
    assert page.context["draftable"] and page.context["former"] == [project]
    assert "产线停产" in page.content.decode()
    assert admin.post(address, {"reason": "再按一次"}).status_code == 409
    assert (
        project.demand.get_absolute_url()
        in admin.get(reverse("project_edit", args=[project.pk])).content.decode()
    )


def test_my_projects_and_approvals_ask_as_often_for_one_as_for_three(house, client):
    def asked(address):
        client.get(address)
        with CaptureQueriesContext(connection) as queried:
            assert client.get(address).status_code == 200
        return len(queried)

    house.submitted()
    for by, name in (
        (house.admin, "my_projects"),
        (house.officer, "approvals"),
        (house.admin, "dashboard"),
        (house.officer, "dashboard"),
    ):
        client.force_login(by)
        one = asked(reverse(name))
        house.submitted()
        house.submitted()
        assert asked(reverse(name)) == one, name


def test_the_dashboard_says_what_waits(house, client):
    waiting, answered, asked = house.demand(), house.answered(), house.demand()
    demand_actions.ask_more(demand=asked, by=house.officer, text="请补充。")
    submitted = house.submitted()
    client.force_login(house.officer)
    page = client.get(reverse("dashboard")).content.decode()
    assert waiting.get_absolute_url() in page and reverse("approval", args=[submitted.pk]) in page
    client.force_login(house.admin)
    page = client.get(reverse("dashboard")).content.decode()
    assert answered.get_absolute_url() in page and asked.get_absolute_url() in page
    client.force_login(house.other)
    page = client.get(reverse("dashboard")).content.decode()
    assert answered.get_absolute_url() not in page


def test_a_project_withdrawn_before_it_was_whole_can_still_be_looked_at(house, client):
    project = actions.draft_project(demand=house.answered(), by=house.admin)
    actions.withdraw_project(project=project, by=house.admin, reason="产线停产")
    client.force_login(house.officer)
    assert client.get(reverse("approval", args=[project.pk])).status_code == 200
    assert client.get(reverse("approvals")).status_code == 200
    assert client.get(project.demand.get_absolute_url()).status_code == 200


def test_a_late_answer_is_said_to_both_sides(house, client):
    row = house.demand()
    with clock.moved(timedelta(days=12)):
        client.force_login(house.admin)
        page = client.get(row.get_absolute_url())
        assert page.context["late"] and not page.context["officer"]
        client.force_login(house.officer)
        queue = client.get(reverse("board_queue", args=["technology"]))
        assert queue.context["rows"][0].late and queue.context["rows"][0].days_late >= 1


def test_every_message_has_words_in_both_languages(house):
    moved, asked, gone = house.demand(), house.demand(), house.demand()
    demand_actions.move_demand(
        demand=moved, board=house.boards["general"], by=house.officer, reason="综合事务"
    )
    demand_actions.ask_more(demand=asked, by=house.officer, text="请补充。")
    demand_actions.complete_demand(demand=asked, by=house.admin, text="补充。")
    demand_actions.return_demand(demand=asked, by=house.officer, reason="重复。")
    demand_actions.withdraw_demand(demand=gone, by=house.admin, reason="已解决。")
    house.demand()
    working_day = after_working_days(clock.now(), 10)
    with clock.moved(working_day - clock.now()):
        demand_actions.remind_late_demands()
    actions.return_project(project=house.submitted(), by=house.officer, reason="目标要能验收。")
    actions.approve_project(project=house.submitted(), by=house.officer)
    actions.submit_project(project=house.project(stipend=1200, pay_grounds="另供食宿。"), by=house.admin)
    taken = actions.draft_project(demand=house.answered(), by=house.academic.user)
    actions.withdraw_project(project=taken, by=house.academic.user, reason="停产。")
    open_project = make_project(organisation=house.organisation, industry_mentor=house.industry)
    listing = Application.objects.create(round=make_round(), student=make_student(), saved_at=clock.now())
    row = add_to_round(listing.round, open_project)
    DraftChoice.objects.create(application=listing, round_project=row, rank=1)
    actions.change_wording(project=open_project, by=house.admin, summary="新的一句话")
    actions.withdraw_project(project=Project.objects.get(pk=open_project.pk), by=house.admin, reason="停产。")
    kinds = {kind for kind in registry.messages if kind.startswith(("demand_", "project_", "own_project_"))}
    sent = {one.kind: one for one in Notification.objects.order_by("pk")}
    assert kinds <= set(sent)
    for kind in kinds:
        texts = []
        for language in ("zh-hans", "en"):
            with translation.override(language):
                texts.append(words(sent[kind]))
        assert all(text["subject"] and text["body"] and "%(" not in text["body"] for text in texts)
        assert texts[0]["subject"] != texts[1]["subject"]


def test_every_state_has_a_badge():
    from consortium import badges

    assert not [name for name in badges.missing() if name.startswith(("demand.", "project."))]


def test_the_enterprises_start_shows_its_demands_and_the_way_to_another(house, client):
    row = house.demand(level="board")
    client.force_login(house.admin)
    page = client.get(reverse("dashboard")).content.decode()
    assert row.get_absolute_url() in page and reverse("demand_new") in page
    for by in (house.other, house.manager, house.academic.user):
        client.force_login(by)
        page = client.get(reverse("dashboard")).content.decode()
        assert row.title not in page
        assert (reverse("demand_new") in page) is (by == house.other)
