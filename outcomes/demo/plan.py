"""Who does what in the demo's story: pure choices, the same on every machine and day, without a database.

Days are counted from the day of loading. Every choice draws from a generator of its own, named by what is
chosen, so that a change in one place moves nothing elsewhere.
"""

import random
from dataclasses import dataclass
from datetime import timedelta

from outcomes.demo import world

ORGANISATIONS = -270  # units, offices and seats in the council begin
MENTORS_SINCE = -270  # before the day on which they are entered: their letters are older than the portal
SEATS, DEPUTY_CHANGES = -268, -75
NEWEST_MEMBER, NEWEST_RECORDED = "zhen", -3  # its membership waits for the second person
FIRST_STUDENTS = 50  # recorded then; the others come with the next intake
NEXT_INTAKE = -80
MAILS_SHOWN = 20  # so many mails, the newest, are sent when the world is loaded; those before count as sent
MESSAGES_NEW = timedelta(days=10)  # messages older than this count as read
INCOMPLETE = 7  # students who have not said whether they are fresh graduates
ANSWERED, DRAFTED, HANDED_IN, APPROVED = 3, 5, 6, 8  # days after a demand until it is an approved project
SPREAD = 8  # the demands of one round come within so many days
FRESH_SHARE = 0.3
DOCTORS_SHARE = 0.15
# Who takes the contract's student accounts: of the next intake, masters, not fresh graduates.
NAMED_STUDENTS = {FIRST_STUDENTS: "student", FIRST_STUDENTS + 1: "student2"}
# Which skills go with which programme.
GROUPS = {
    "bioeng_master": ("upstream", "molecular"),
    "ferment_master": ("upstream", "equipment"),
    "synbio_master": ("molecular", "data"),
    "food_master": ("upstream", "quality"),
    "pharm_master": ("downstream", "quality"),
    "diag_master": ("clinical", "analytics"),
    "bioeng_doctor": ("upstream", "data"),
    "pharm_doctor": ("downstream", "analytics"),
}


@dataclass(frozen=True)
class Student:
    """One student as recorded."""

    number: str
    username: str
    name: str
    programme: str
    degree: str
    cohort: int
    fresh: bool | None
    goal: str
    skills: tuple
    on_leave: bool = False


@dataclass(frozen=True)
class Round:
    """One round: its projects, and the days of its life. `lists` hand in, `drafts` only begin.

    Practice in its projects starts as many days after `starts_from` as their files say.
    """

    key: str
    projects: tuple
    approved_by: int
    opens: int
    closes: int
    scoring_ends: int
    lists: int
    drafts: int
    starts_from: int


FINISHED = Round(
    "finished",
    ("p02", "p05", "p07", "p19", "p22", "p23", "p29", "p33"),
    approved_by=-251,
    opens=-240,
    closes=-227,
    scoring_ends=-221,
    lists=30,
    drafts=2,
    starts_from=-240,
)
CLOSED = Round(
    "closed",
    ("p16", "p24", "p26", "p34", "p40", "p44", "p45", "p48"),
    approved_by=-44,
    opens=-40,
    closes=-8,
    scoring_ends=3,
    lists=20,
    drafts=1,
    starts_from=-40,
)
SCORING = Round(
    "scoring",
    ("p01", "p04", "p06"),
    approved_by=-26,
    opens=-22,
    closes=-2,
    scoring_ends=14,
    lists=10,
    drafts=0,
    starts_from=-15,
)
# Handed in and not approved yet: what the approvers have to do.
WAITING = ("p28",)
_TAKEN = {*FINISHED.projects, *CLOSED.projects, *SCORING.projects, *WAITING}
OPEN = Round(
    "open",
    tuple(f"p{n:02d}" for n in range(1, 49) if f"p{n:02d}" not in _TAKEN),
    approved_by=-11,
    opens=-9,
    closes=60,
    scoring_ends=67,
    lists=48,
    drafts=6,
    starts_from=25,
)
ROUNDS = (FINISHED, CLOSED, SCORING, OPEN)


def generator(*names):
    """A generator of its own for one choice."""
    return random.Random(":".join(map(str, ("demo", *names))))


def round_names(today):
    """The four names by the season in which each is held; never twice the same."""
    closed, scoring = today + timedelta(days=CLOSED.closes), today + timedelta(days=SCORING.closes)
    names = {
        "finished": _season(today + timedelta(days=FINISHED.closes)),
        "closed": f"{_season(closed)}第一",
        "scoring": f"{_season(scoring)}专项",
        "open": _season(today + timedelta(days=OPEN.closes // 2)),
    }
    return {key: f"{name}轮（示例）" for key, name in names.items()}


def _season(day):
    """The season of a day; January and February still belong to the winter that began the year before."""
    year = day.year - 1 if day.month < 3 else day.year
    return f"{year}年{'冬春夏秋'[day.month % 12 // 3]}季"


def students(today):
    """All students in order; the first ones were recorded with the first intake."""
    return [_student(index, name, today) for index, name in enumerate(world.student_names())]


def _student(index, name, today):
    draw = generator("student", index)
    named = index in NAMED_STUDENTS
    degree = "doctor" if draw.random() < DOCTORS_SHARE and not named else "master"
    programme = draw.choice([row for row in world.programmes() if row["degree"] == degree])
    cohort = _intake(today + timedelta(days=ORGANISATIONS if index < FIRST_STUDENTS else NEXT_INTAKE))
    number = f"S{cohort}{programme['degree'][0].upper()}{index + 1:03d}"
    fresh = draw.random() < FRESH_SHARE
    if index >= len(world.student_names()) - INCOMPLETE:
        fresh = None
    return Student(
        number=number,
        username=NAMED_STUDENTS.get(index, number),
        name=name,
        programme=programme["name_zh"],
        degree=programme["degree"],
        cohort=cohort,
        fresh=False if named else fresh,
        goal=draw.choice(("industrial", "industrial", "scientist", "entrepreneur")),
        skills=_skills(draw, programme["key"]),
        on_leave=index == len(world.student_names()) - INCOMPLETE - 1,
    )


def _intake(day):
    return day.year if day.month >= 9 else day.year - 1


def _skills(draw, programme):
    near = [row["key"] for row in world.skills() if row["group"] in GROUPS[programme]]
    far = [row["key"] for row in world.skills() if row["group"] not in GROUPS[programme]]
    return tuple(draw.sample(near, draw.randint(2, 3)) + draw.sample(far, draw.randint(1, 2)))


def can_list(student, project):
    """The rules of eligibility, as far as the files decide them."""
    months = None if student.fresh is None else 12 if student.fresh else 6
    return project["degree"] in ("any", student.degree) and months is not None and project["months"] >= months


def fit(student, project):
    """How well skills meet: required ones count twice."""
    return 2 * len({*student.skills} & {*project["skills_required"]}) + len(
        {*student.skills} & {*project["skills_welcome"]}
    )


def choices(student, round):
    """One student's ranked list in one round: [(project key, statement)], three to six if there are so many.

    Some projects are wanted by many, as everywhere.
    """
    draw = generator("list", round.key, student.number)
    wishes = sorted(
        (
            (1.2 * fit(student, project) + _fame(project) + draw.gauss(0, 2), project["key"])
            for project in world.projects()
            if project["key"] in round.projects and can_list(student, project)
        ),
        reverse=True,
    )
    wanted = wishes[: draw.randint(3, 6)]
    return [(key, draw.choice(world.statements()) if draw.random() < 0.4 else "") for _wish, key in wanted]


def _fame(project):
    return generator("fame", project["key"]).random() + project["stipend_month"] / 4500


def participants(round, students, *, placed, taken):
    """Who takes part in a round: (those who hand in, those who only begin a draft).

    `placed`: numbers of those who were offered a place before. `taken`: {round: numbers of those who take part}.
    Nobody with a place, nobody who waits for the result of another round, and of the two named accounts only
    `student2`, where lists are open. Before others come those who can name three projects, and those who tried once.
    """
    busy = placed.union(*(numbers for key, numbers in taken.items() if key != FINISHED.key))
    before = taken.get(FINISHED.key, set())
    pool = students[:FIRST_STUDENTS] if round is FINISHED else students
    free = [row for row in pool if row.number not in busy and _may_take_part(row, round)]
    free.sort(
        key=lambda row: (
            row.username not in NAMED_STUDENTS.values(),
            len(choices(row, round)) < 3,
            row.number not in before,
        )
    )
    return free[: round.lists], free[round.lists : round.lists + round.drafts]


def _may_take_part(student, round):
    if student.username in NAMED_STUDENTS.values():
        return round is OPEN and student.username == "student2"
    return not student.on_leave and bool(choices(student, round))


def score(student, project, taken):
    """A score of 40 to 98 that no other applicant of the project has; now and then None: not acceptable."""
    draw = generator("score", project["key"], student.number)
    if fit(student, project) == 0 and draw.random() < 0.2:
        return None
    points = min(98, max(40, round(58 + 7 * fit(student, project) + draw.gauss(0, 7))))
    while points in taken:
        points -= 1
    return points


REFUSALS = (
    "没有本项目要求的实验基础，三个月内补不上。",
    "课程时间与项目起始月份冲突，已与学生说明。",
)
DECLINES = (
    "家中有事，下半年需要留在本地，不能到基地长期实践。",
    "导师课题有变，这段时间要先完成校内实验。",
)


def demand_days(projects, approved_by):
    """On which day each project's demand comes in, so that the last is approved in time: {project: day}."""
    return {key: approved_by - APPROVED - number % SPREAD for number, key in enumerate(sorted(projects))}


def round_of(project):
    """The round that takes a project, or None while it waits for approval."""
    return next((round for round in ROUNDS if project in round.projects), None)
