"""Projects with believable conditions: a few fields and places hold most of them, as in life."""

from datetime import timedelta

from consortium.enums import TalentType
from consortium.models import Skill
from mentors.enums import AppointmentKind
from outcomes.demo import world as demo_world
from outcomes.large_world import words
from outcomes.large_world.draw import Draw
from placements.enums import Chain, DegreeWanted, Field, Housing, Level, ProjectState, SafetyClass
from placements.models import Project
from placements.search import index_projects

FIELDS = dict(zip(Field.values, (26, 18, 14, 12, 10, 8, 5, 4, 3), strict=True))
CHAINS = dict(zip(Chain.values, (2, 3, 6, 4), strict=True))
DEGREES = {DegreeWanted.ANY: 70, DegreeWanted.MASTER: 22, DegreeWanted.DOCTOR: 8}
MONTHS = {6: 40, 9: 6, 12: 46, 18: 5, 24: 3}
HOUSING = {Housing.PROVIDED: 5, Housing.SUBSIDY: 3, Housing.NONE: 2}
SAFETY = {SafetyClass.GENERAL: 6, SafetyClass.BIOSAFETY_1: 2, SafetyClass.CLEAN_ROOM: 1}
MEMBERS_ONLY, BOTTLENECK = 0.08, 0.15


def enter_skills(world):
    """The demo's list of skills."""
    Skill.objects.bulk_create((Skill(**row) for row in demo_world.skills()), ignore_conflicts=True)
    world.skills = list(Skill.objects.order_by("key"))


def enter_projects(world, count):
    """Projects open for lists, with their skills and their words in the search index."""
    draw = Draw(world.seed, "projects")
    texts = {}
    for row in demo_world.projects():
        texts.setdefault(row["field"], []).append(row)
    made = (_project(world, draw, number, texts) for number in range(1, count + 1))
    world.projects = world.write(Project, made, "projects", count)
    for name, least, most in (("skills_required", 1, 3), ("skills_welcome", 0, 3)):
        through = getattr(Project, name).through
        pairs = (
            through(project_id=project.pk, skill_id=skill.pk)
            for project in world.projects
            for skill in draw.some(world.skills, least, most)
        )
        world.write(through, pairs, name.replace("_", " "))
    index_projects(world.counted(world.projects, "projects in the search index", count))


def _project(world, draw, number, texts):
    field = draw.one(FIELDS)
    text = draw.of(texts[field])
    mentor = draw.up_to(len(world.appointments[AppointmentKind.INDUSTRY]), 1.1)
    base = world.base_of(mentor)
    stipend = max(1500, round(draw.random.gauss(3200, 800), -2))
    return Project(
        number=f"P-{world.today.year}-{number:06d}",
        organisation=base.organisation,
        title=words.title(draw),
        title_en=f"Sample project {number}",
        summary=text["summary_zh"],
        problem=text["problem_zh"],
        aims="\n".join(text["aims_zh"]),
        tasks="\n".join(text["tasks_zh"]),
        deliverables="\n".join(text["deliverables_zh"]),
        field=field,
        chain=draw.one(CHAINS),
        talent_type=draw.of(TalentType.values),
        bottleneck=draw.chance(BOTTLENECK),
        base=base,
        district=base.district,
        academic_mentor=world.appointments[AppointmentKind.ACADEMIC][mentor],
        industry_mentor=world.appointments[AppointmentKind.INDUSTRY][mentor],
        degree=draw.one(DEGREES),
        months=draw.one(MONTHS),
        starts_on=world.today + timedelta(days=draw.random.randint(60, 150)),
        places=min(20, max(1, round(world.places_a_project * (0.5 + draw.random.random())))),
        stipend=stipend,
        post_wage=round(stipend * 1.2),
        housing=draw.one(HOUSING),
        safety_class=draw.one(SAFETY),
        level=Level.MEMBER if draw.chance(MEMBERS_ONLY) else Level.PUBLIC,
        ip_terms=text["ip_terms_zh"],
        confidentiality_terms=text["confidentiality_terms_zh"],
        safe_work_declared=True,
        text_released=True,
        state=ProjectState.OPEN,
        created_by=world.secretary,
        created_at=world.now,
        submitted_by=world.secretary,
        submitted_at=world.now,
        approved_by=world.graduate,
        approved_at=world.now,
        is_sample=True,
    )
