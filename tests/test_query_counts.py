"""A page asks the database as often for nine of everything as for three: every page that links lead to, by reader."""

from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consortium import clock
from consortium.actions.merge import merge_organisations
from consortium.actions.reminder import prepare_reminder
from consortium.models import Organisation
from consortium.notifications import notify_many
from tests import factories
from tests.consortium.membership_kit import Office, object_to
from tests.demo_world.walk import LINKS, SPARED, kind_of
from tests.placements.round_kit import Kit

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 9
STARTS = [
    "/",
    "/projects/",
    "/demands/",
    "/members/",
    "/memberships/",
    "/rounds/",
    "/notices/",
    "/bases/",
    "/governance/",
    "/mentors/",
    "/mentorships/",
    "/logs/",
    "/supervision/",
    "/calendar/",
]
OWN_STARTS = ["/dashboard/", "/notifications/", "/me/"]
READERS = ["visitor", "student", "mentor", "enterprise", "graduate", "secretary", "board"]
MOST_PAGES = 80


def build(number):
    """`number` of everything a list may show, and a reader of each kind whom much of it concerns."""
    board, now = factories.make_board(), clock.now()
    skills = [factories.make_skill() for _ in range(number)]
    rounds = [Kit(students=number, projects=number).open().fill() for _ in range(3)]
    rounds[1].close()
    rounds[2].close().score().freeze().run()
    company = rounds[0].projects[0].organisation
    factories.make_membership(organisation=company)
    someone = factories.make_user("enterprise_admin", organisation=company)
    office = Office()
    noticed = office.application(board=board)
    for _ in range(number):
        unit = factories.make_organisation()
        factories.make_membership(organisation=unit)
        factories.make_seat(organisation=unit)
        factories.make_membership(organisation=factories.make_organisation(), state="recorded")
        for state in ("submitted", "returned", "checked"):
            factories.make_application(state=state, board=board)
        office.application(board=board)
        office.application("decided", board=board)
        for text in range(number):
            object_to(noticed, text=f"材料第{text}页不实，请核对。")
        factories.make_demand(organisation=unit, board=board)
        factories.make_demand(organisation=company, board=board)
        factories.make_project(organisation=company, skills=skills, state="approved")
        factories.make_project(
            organisation=company, skills=skills, state="submitted", submitted_at=now, submitted_by=someone
        )
        factories.make_contact(organisation=company)
        merge_organisations(
            kept=company, gone=factories.make_organisation(), by=rounds[0].secretary, reason="同"
        )
    everybody = Organisation.objects.filter(uscc=None).order_by("pk")[: 2 * number]
    prepare_reminder(organisations=everybody, kind="record", by=factories.make_user("secretary"))
    project = rounds[0].projects[0]
    for student in rounds[0].students:
        row = factories.make_mentorship(
            student=student, academic=project.academic_mentor, industry=project.industry_mentor
        )
        for side in ("academic", "industry"):
            factories.make_log(mentorship=row, side=side)
            factories.make_log(mentorship=row, side=side, state="differs", answer="是60分钟", answered_at=now)
        factories.make_log(
            mentorship=row, side="academic", kind="joint", cosigner=row.industry, cosign="asked"
        )
        factories.make_meeting(mentorship=row)
        factories.make_reopening(mentorship=row)
    readers = {
        "visitor": None,
        "student": rounds[0].students[0].user,
        "mentor": rounds[0].projects[0].industry_mentor.user,
        "enterprise": factories.make_user("enterprise_admin", organisation=company),
        "graduate": rounds[0].first,
        "secretary": rounds[0].secretary,
        "board": factories.make_user("board_officer", board=board),
    }
    for user in filter(None, readers.values()):
        for key in range(number):
            notify_many(
                [user],
                "application_withdrawn",
                key=str(key),
                url="/rounds/",
                round="示例轮次",
                number=1,
                check_code="0",
                at=now,
                closes=now,
            )
    return readers


def counts(reader):
    """How many questions each kind of page asked that this reader comes to: {kind: (number, address, questions)}."""
    client, found = Client(), {}
    if reader:
        client.force_login(reader)
    queue = [*(OWN_STARTS if reader else []), *STARTS]
    while queue and len(found) < MOST_PAGES:
        address = queue.pop(0).replace("&amp;", "&")
        kind = kind_of(address)
        if kind in found or "?" in address or address.startswith(SPARED):
            continue
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.get(address)
        found[kind] = (len(asked), address, [one["sql"] for one in asked])
        if answer.status_code == 200 and "text/html" in answer.get("Content-Type", ""):
            queue += LINKS.findall(answer.content.decode())
        elif answer.streaming:
            list(answer.streaming_content)
            answer.close()
    return found


@contextmanager
def taken_back():
    """What is built inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("reader", READERS)
def test_a_page_asks_as_often_for_many_as_for_few(reader):
    with taken_back():
        few = counts(build(FEW)[reader])
    with taken_back():
        many = counts(build(MANY)[reader])
    shared = few.keys() & many.keys()
    assert len(shared) > 15
    grown = {
        kind: (few[kind][0], many[kind][0], many[kind][1], _more(few[kind][2], many[kind][2]))
        for kind in sorted(shared)
        if many[kind][0] > few[kind][0]
    }
    assert not grown, "\n".join(f"{kind}: {facts}" for kind, facts in grown.items())


def _more(few, many):
    """The beginnings of the questions that were asked more often, to find where they come from."""

    def shape(sql):
        return sql.split(" WHERE ")[0][-90:]

    a, b = [shape(sql) for sql in few], [shape(sql) for sql in many]
    return sorted({one for one in b if b.count(one) > a.count(one)})
