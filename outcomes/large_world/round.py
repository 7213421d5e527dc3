"""Students and one open round in which each has handed in a list; caps nest and some of them are felt."""

import hashlib
from datetime import timedelta

from consortium.enums import Degree, TalentType
from consortium.models import StudentProfile
from outcomes.demo import world as demo_world
from outcomes.large_world.draw import Draw
from placements.enums import ApplicationState, RoundState
from placements.models import (
    Application,
    ApplicationVersion,
    DraftChoice,
    MatchingRound,
    Preference,
    RoundCap,
    RoundProject,
)
from placements.rules import caps as cap_rules
from placements.rules.application import check_code
from placements.rules.eligibility import may_list

CHOICES, FULL_LISTS, LEAST = 8, 0.85, 3
POPULARITY = 1.5  # as the engine's own generator: the first projects are liked a little more than the last
DOCTORS, FRESH, STATEMENTS = 0.12, 0.3, 0.2
OPENED, CLOSES, SCORED = timedelta(days=9), timedelta(days=30), timedelta(days=37)


def enter_students(world, count):
    """Students of the invented university; the first two have the demo's user names."""
    draw = Draw(world.seed, "students")
    programmes = {degree: [] for degree in Degree.values}
    for row in demo_world.programmes():
        programmes[row["degree"]].append(row["name_zh"])
    people = world.enter_people(draw, "", count, "student", names=("student", "student2"), first=2026100001)
    rows = (_student(world, draw, programmes, user, number) for number, user in enumerate(people, 2026100001))
    world.students = world.write(StudentProfile, rows, "students", count)


def _student(world, draw, programmes, user, number):
    degree = Degree.DOCTOR if draw.chance(DOCTORS) else Degree.MASTER
    return StudentProfile(
        user=user,
        number=f"示例{number}",
        university=world.university,
        programme=draw.of(programmes[degree]),
        degree=degree,
        cohort=world.today.year,
        fresh_graduate=draw.chance(FRESH),
        goal=draw.of(TalentType.values),
    )


def enter_round(world):
    """The round with every project, its caps as the records call for them, and everybody's list."""
    draw = Draw(world.seed, "round")
    seed = f"{draw.random.getrandbits(256):064x}"
    world.round = MatchingRound.objects.create(
        name="示例大型世界第一轮",
        state=RoundState.OPEN,
        opens_at=world.now - OPENED,
        opened_at=world.now - OPENED,
        closes_at=world.now + CLOSES,
        scoring_ends_at=world.now + SCORED,
        max_preferences=CHOICES,
        seed=seed,
        seed_sha256=hashlib.sha256(seed.encode()).hexdigest(),
        created_by=world.graduate,
        created_at=world.now - OPENED,
        is_sample=True,
    )
    used = set()
    rows = (
        RoundProject(round=world.round, project=project, places=project.places, code=draw.code(used))
        for project in world.projects
    )
    world.entries = world.write(RoundProject, rows, "projects in the round", len(world.projects))
    caps = (
        RoundCap(
            round=world.round,
            kind=cap.kind,
            subject_id=cap.subject_id,
            label=cap.label[:120],
            capacity=cap.capacity,
            code=draw.code(used),
        )
        for cap in cap_rules.propose(world.projects, taken=lambda _kind, _subject: 0)
    )
    world.write(RoundCap, caps, "caps")
    _enter_lists(world)


def _enter_lists(world):
    draw = Draw(world.seed, "lists")
    applications = world.write(
        Application, (_application(world, student) for student in world.students), "lists"
    )
    choices = [_choices(world, draw, student) for student in world.students]
    versions = world.write(
        ApplicationVersion,
        (_version(world, row, chosen) for row, chosen in zip(applications, choices, strict=True)),
        "versions",
    )
    said = demo_world.statements()
    rows = [
        (at, rank, entry, draw.of(said)[:200] if draw.chance(STATEMENTS) else "")
        for at, chosen in enumerate(choices)
        for rank, entry in enumerate(chosen, 1)
    ]
    drafts = (
        DraftChoice(application=applications[at], rank=rank, round_project=entry, statement=text)
        for at, rank, entry, text in rows
    )
    world.write(DraftChoice, drafts, "draft choices", len(rows))
    handed_in = (
        Preference(version=versions[at], rank=rank, round_project=entry, statement=text)
        for at, rank, entry, text in rows
    )
    world.write(Preference, handed_in, "choices handed in", len(rows))


def _application(world, student):
    return Application(
        round=world.round,
        student=student,
        state=ApplicationState.SUBMITTED,
        revision=1,
        submitted_revision=1,
        last_version=1,
        saved_at=world.now,
    )


def _version(world, application, chosen):
    version = ApplicationVersion(
        application=application,
        number=1,
        submitted_at=world.now,
        form_key=f"large-world-{application.pk}",
    )
    version.check_code = check_code(version, [entry.code for entry in chosen])
    return version


def _choices(world, draw, student):
    """Different entries that the student may list, by liking; fewer where hardly any is open to the student."""
    count = CHOICES if draw.chance(FULL_LISTS) else draw.random.randint(LEAST, CHOICES)
    chosen = {}
    for _try in range(20 * count):
        entry = world.entries[draw.up_to(len(world.entries), POPULARITY)]
        if entry.pk not in chosen and may_list(student, entry.project):
            chosen[entry.pk] = entry
        if len(chosen) == count:
            break
    return list(chosen.values())
