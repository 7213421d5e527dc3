"""The units of the demo, their seats in a council that is invented too, and their bases."""

from datetime import date

from consortium.actions.contact import record_contact
from consortium.actions.membership import confirm_membership, record_membership
from consortium.actions.organisation import record_former_name, register_organisation
from consortium.actions.seat import give_seat, hand_over_seat, name_delegate, set_number_of_seats
from consortium.audit import action, record
from consortium.enums import BodyKind, MembershipRank, OrganisationKind, SeatPost
from consortium.models import GovernanceBody, Membership, Seat
from consortium.queries.people import people_of
from outcomes.demo import plan, world
from placements.actions.base import record_accreditation, record_base

KIND = {
    "enterprise": OrganisationKind.ENTERPRISE,
    "hospital": OrganisationKind.HOSPITAL,
    "institute": OrganisationKind.TESTING_CENTRE,
    "university": OrganisationKind.UNIVERSITY,
    "college": OrganisationKind.COLLEGE,
}
COUNCIL = "示例产教联合体理事会"
DIRECTOR_UNITS = ("yi", "ding", "wu", "hospital", "university")
CHAIR, DEPUTY, DEPUTY_AFTER = "jia", "yi", "wu"
SEATS_GIVEN, CHARTER = 27, "示例章程第八条"
DOUBLE = "示例丙酶工程（天津）有限公司"
SOON_OVER, RUNS_OUT = "hospital", 60  # one seat runs out soon, so that the office has something to renew


def enter_organisations(story):
    """Register every unit; colleges belong to the university."""
    entered = story.cast.organisations
    for row in sorted(world.organisations(), key=lambda row: row["kind"] == "college"):
        entered[row["key"]] = register_organisation(
            by=story.cast.people["secretary"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            short_zh=row["short_zh"],
            kind=KIND[row["kind"]],
            district=row["district"],
            profile=row["profile_zh"],
            parent=entered["university"] if row["kind"] == "college" else None,
            is_sample=True,
        )


def enter_names_and_contacts(story):
    """A name of earlier years, people to talk to, and one unit registered twice, for somebody to find and merge."""
    units, by = story.cast.organisations, story.cast.people["secretary"]
    record_former_name(
        organisation=units["jia"],
        by=by,
        name="示例甲细胞技术中心",
        since=date(2019, 3, 1),
        until=date(2023, 12, 31),
    )
    for number, key in enumerate(("jia", "yi", "bing"), 1):
        record_contact(
            organisation=units[key],
            by=by,
            name=f"示例联系人{number}",
            post="综合部",
            phone=f"022-0000000{number}",
            email=f"contact{number}@example.invalid",
            consented_on=story.day(plan.ORGANISATIONS),
            consent_how="入会材料",
            is_sample=True,
        )
    register_organisation(
        by=story.cast.people["secretary2"],
        name_zh=DOUBLE,
        kind=OrganisationKind.ENTERPRISE,
        aliases=["示例丙酶"],
        is_sample=True,
    )


@action
def _found_council(*, by):
    council, made = GovernanceBody.objects.get_or_create(
        name_zh=COUNCIL, defaults={"name_en": "Sample Consortium Council", "kind": BodyKind.COUNCIL}
    )
    if made:
        record("sample council founded", council, by=by)
    return council


def enter_memberships(story):
    """One person records the memberships from one resolution; they hold once another confirms them."""
    _found_council(by=story.cast.people["secretary"])
    for row in world.organisations():
        if row["kind"] != "college" and row["key"] != plan.NEWEST_MEMBER:
            _record(story, row["key"], plan.ORGANISATIONS, number="示例〔1〕号")


def enter_newest_membership(story):
    """The newest member's resolution is recorded too, and waits for the second person."""
    _record(story, plan.NEWEST_MEMBER, plan.NEWEST_RECORDED, number="示例〔2〕号")


def _record(story, key, since, number):
    record_membership(
        by=story.cast.people["secretary"],
        organisation=story.cast.organisations[key],
        council=GovernanceBody.objects.get(name_zh=COUNCIL),
        rank=_rank(key),
        since=story.day(since),
        until=_until(story, key, since),
        number=number,
        passed_on=story.day(since - 5),
        entitled=27,
        present=22,
        votes_yes=20,
        votes_no=1,
        abstentions=1,
    )


def _rank(key):
    if key == CHAIR:
        return MembershipRank.CHAIR_UNIT
    return MembershipRank.DIRECTOR_UNIT if key in DIRECTOR_UNITS else MembershipRank.MEMBER_UNIT


def _until(story, key, since):
    """Three years for most; two end soon, so that the office has something to renew."""
    return story.day({"geng": 45, "gui": 80}.get(key, since + 3 * 365))


def confirm_memberships(story):
    """The second person of the secretariat compares with the minutes and confirms."""
    for membership in Membership.objects.filter(council__name_zh=COUNCIL).order_by("pk"):
        confirm_membership(membership=membership, by=story.cast.people["secretary2"])


def enter_seats(story):
    """The council's seats as its charter gives them: the chair, a deputy and the director units; units name delegates."""
    secretary, first = story.cast.people["secretary"], story.day(plan.SEATS)
    council = GovernanceBody.objects.get(name_zh=COUNCIL)
    set_number_of_seats(body=council, number=SEATS_GIVEN, grounds=CHARTER, by=secretary)
    for key in (CHAIR, *DIRECTOR_UNITS):
        if key == DEPUTY_AFTER:
            continue
        seat = give_seat(
            body=council,
            organisation=story.cast.organisations[key],
            post={CHAIR: SeatPost.CHAIR, DEPUTY: SeatPost.DEPUTY}.get(key, SeatPost.SEAT),
            since=first,
            until=story.day(RUNS_OUT if key == SOON_OVER else plan.SEATS + 2 * 365),
            grounds=CHARTER,
            by=secretary,
        )
        person = people_of(seat.organisation).first()
        if person is not None:
            name_delegate(seat=seat, user=person, since=first, by=secretary)


def hand_over_deputy(story):
    """The deputy's seat goes from one unit to another, from one day to the next."""
    seat = Seat.objects.get(body__name_zh=COUNCIL, post=SeatPost.DEPUTY)
    hand_over_seat(
        seat=seat,
        organisation=story.cast.organisations[DEPUTY_AFTER],
        since=story.day(plan.DEPUTY_CHANGES),
        until=seat.term_ends,
        grounds="示例理事会第二次会议纪要第4条",
        by=story.cast.people["secretary"],
    )


def enter_base(story, row):
    """A base with its accreditation, recorded from the document when it reaches the secretariat."""
    base = record_base(
        by=story.cast.people["secretary"],
        name=row["name_zh"],
        organisation=story.cast.organisations[row["enterprise"]],
        district=row["district"],
        kind=row["kind"],
        places_per_year=row["places_per_year"],
        is_sample=True,
    )
    first = story.day(row["valid_from"])
    record_accreditation(
        by=story.cast.people["secretary"],
        base=base,
        number=f"示例认〔{first.year}〕{row['key'][-2:]}号",
        valid_from=first,
        valid_to=story.day(row["valid_to"]),
    )
    story.cast.bases[row["key"]] = base
