"""Organisations, their seats in an invented council, bases, and mentors: who stands behind the projects.

Every mentor guides projects of one base and every base is one organisation's, so that caps over them nest.
"""

from datetime import timedelta

from consortium.enums import BodyKind, MembershipRank, MembershipState, OrganisationKind
from consortium.models import GovernanceBody, Membership, Organisation, OrganisationAlias, Resolution
from consortium.names import index_organisations, search_key
from mentors.enums import AppointmentKind, MentorCategory
from mentors.models import Appointment
from outcomes.large_world import words
from outcomes.large_world.draw import Draw
from placements.enums import BaseKind
from placements.models import Base, BaseAccreditation

COUNCIL = "示例大型世界理事会"
KINDS = {
    OrganisationKind.ENTERPRISE: 80,
    OrganisationKind.HOSPITAL: 6,
    OrganisationKind.RESEARCH_INSTITUTE: 6,
    OrganisationKind.TESTING_CENTRE: 5,
    OrganisationKind.ASSOCIATION: 3,
}
RANKS = {MembershipRank.MEMBER_UNIT: 90, MembershipRank.DIRECTOR_UNIT: 10}
BASE_KINDS = {BaseKind.PRACTICE: 6, BaseKind.TRAINING: 3, BaseKind.DEMONSTRATION: 1}
CATEGORIES = {MentorCategory.TECHNICAL: 6, MentorCategory.EXECUTIVE: 2, MentorCategory.SCHOLAR: 2}
TITLES = {
    AppointmentKind.ACADEMIC: ("教授", "副教授", "讲师"),
    AppointmentKind.INDUSTRY: ("高级工程师", "研发总监", "工艺经理"),
}


def enter_organisations(world, count):
    """One university and `count` partners; six in ten have a seat in the council."""
    draw = Draw(world.seed, "organisations")
    world.university = _organisation(world, "示例大学", "示例大学", "Sample University", "university", "")
    world.university.save()
    made = (_partner(world, draw, number) for number in range(1, count + 1))
    world.partners = world.write(Organisation, made, "organisations", count)
    aliases = (
        OrganisationAlias(organisation=row, name=f"{row.short_zh}（曾用名）")
        for row in world.partners
        if draw.chance(0.1)
    )
    world.write(OrganisationAlias, aliases, "other names")
    indexed = world.counted(
        [world.university, *world.partners], "organisations in the search index", count + 1
    )
    index_organisations(indexed)
    _enter_memberships(world, draw)


def _partner(world, draw, number):
    name, short, english = words.company(draw, number)
    return _organisation(world, name, short, english, draw.one(KINDS), draw.one(words.DISTRICTS))


def _organisation(world, name, short, english, kind, district):
    return Organisation(
        name_zh=name,
        name_en=english,
        short_zh=short,
        pinyin=search_key(name, short),
        kind=kind,
        district=district,
        is_sample=True,
        created_at=world.now,
        created_by=world.secretary,
    )


def _enter_memberships(world, draw):
    council = GovernanceBody.objects.create(
        name_zh=COUNCIL, name_en="Sample Council of the Large World", kind=BodyKind.COUNCIL
    )
    confirmed = {"confirmed_by": world.secretary2, "confirmed_at": world.now}
    resolution = Resolution.objects.create(
        body=council,
        number="示例〔1〕号",
        passed_on=world.today - timedelta(days=400),
        entitled=27,
        present=22,
        votes_yes=20,
        votes_no=1,
        abstentions=1,
        recorded_by=world.secretary,
        recorded_at=world.now,
        **confirmed,
    )
    rows = (
        Membership(
            organisation=row,
            council=council,
            rank=draw.one(RANKS),
            state=MembershipState.ACTIVE,
            since=world.today - timedelta(days=draw.random.randint(30, 390)),
            until=world.today + timedelta(days=draw.random.randint(5, 1000)),
            resolution=resolution,
            recorded_by=world.secretary,
            created_at=world.now,
            **confirmed,
        )
        for row in world.partners
        if draw.chance(0.6)
    )
    world.write(Membership, rows, "memberships")


def enter_bases(world, projects):
    """Bases of the first partners, one for about five projects; some partners have several."""
    draw = Draw(world.seed, "bases")
    count = max(1, projects // 5)
    hosts = world.partners[: max(1, count * 2 // 3)]
    rows = (_base(world, draw, number, draw.of(hosts)) for number in range(1, count + 1))
    world.bases = world.write(Base, rows, "bases", count)
    accreditations = (
        BaseAccreditation(
            base=base,
            number=f"示例认{number:06d}号",
            valid_from=world.today - timedelta(days=draw.random.randint(100, 400)),
            valid_to=world.today + timedelta(days=draw.random.randint(200, 900)),
            recorded_by=world.secretary,
            recorded_at=world.now,
        )
        for number, base in enumerate(world.bases, 1)
    )
    world.write(BaseAccreditation, accreditations, "accreditations")


def _base(world, draw, number, host):
    return Base(
        name=f"示例基地{number}（{host.short_zh}）",
        organisation=host,
        district=host.district or draw.one(words.DISTRICTS),
        kind=draw.one(BASE_KINDS),
        places_per_year=draw.random.randint(1, 4) * world.places_a_project,
        is_sample=True,
        created_at=world.now,
    )


def enter_mentors(world, projects):
    """Industry mentors of each base, about one for four projects, and for each of them an academic one."""
    draw = Draw(world.seed, "mentors")
    count = max(len(world.bases), projects // 4)
    sides = {AppointmentKind.INDUSTRY: "industry_mentor", AppointmentKind.ACADEMIC: "academic_mentor"}
    for kind, role in sides.items():
        people = world.enter_people(draw, f"{role}-", count, role)
        rows = (_appointment(world, draw, kind, number, user) for number, user in enumerate(people))
        world.appointments[kind] = world.write(Appointment, rows, "appointments", count)


def _appointment(world, draw, kind, number, user):
    industry = kind == AppointmentKind.INDUSTRY
    return Appointment(
        user=user,
        organisation=world.base_of(number).organisation if industry else world.university,
        kind=kind,
        category=draw.one(CATEGORIES) if industry else "",
        title=draw.of(TITLES[kind]),
        field=draw.one(words.STEPS),
        capacity=min(30, draw.random.randint(1, 4) * world.places_a_project),
        since=world.today - timedelta(days=draw.random.randint(30, 600)),
        until=world.today + timedelta(days=draw.random.randint(200, 900)),
        grounds="示例：门户上线前的聘书",
        recorded_by=world.graduate,
        recorded_at=world.now,
    )
