"""Mentorships four months old, within every mentor's capacity, and what both sides signed in them."""

from datetime import timedelta
from functools import partial

from consortium.enums import Degree
from mentors.enums import AppointmentKind, LogKind, LogState, Side
from mentors.models import Mentorship, SupervisionLog
from outcomes.large_world.draw import Draw

BEGAN, RUNS = timedelta(days=120), timedelta(days=365)
EVERY = {Side.INDUSTRY: 14, Side.ACADEMIC: 28}  # days from one log to the next, give or take three
SKIPPED = 0.08
KINDS = (LogKind.ON_SITE, LogKind.VIDEO, LogKind.MEETING, LogKind.READING)
TEXTS = (
    "第3批罐上数据一起看过，溶氧拐点比上批提前，下周改补料起点再跑一批。",
    "看了取样和离线检测，平行样偏差超过5%，先把移液步骤固定下来。",
    "图表初稿的坐标和单位不统一，改完再谈结论；新增两组对照。",
)


def enter_mentorships(world, count):
    """The first `count` students, as far as the mentors' places go; each side guides no more than its capacity."""
    draw = Draw(world.seed, "mentorships")
    academic, industry = (
        _places(world, draw, kind) for kind in (AppointmentKind.ACADEMIC, AppointmentKind.INDUSTRY)
    )
    rows = map(partial(_mentorship, world), world.students[:count], academic, industry)
    world.mentorships = world.write(Mentorship, rows, "mentorships", count)
    logs = (log for row in world.mentorships for log in _logs(world, draw, row))
    world.write(SupervisionLog, logs, "supervision logs")


def _places(world, draw, kind):
    """Each mentor of a kind as often as there are places with him."""
    places = [row for row in world.appointments[kind] for _place in range(row.capacity)]
    draw.random.shuffle(places)
    return places


def _mentorship(world, student, academic, industry):
    return Mentorship(
        student=student,
        academic=academic,
        industry=industry,
        topic="补料策略的对照试验" if student.degree == Degree.MASTER else "连续培养的过程控制",
        since=world.today - BEGAN,
        until=world.today - BEGAN + RUNS,
        started_by=world.graduate,
        started_at=world.now - BEGAN,
    )


def _logs(world, draw, row):
    for side, every in EVERY.items():
        day = row.since + timedelta(days=draw.random.randint(3, every))
        while day < world.today:
            if not draw.chance(SKIPPED):
                yield _log(world, draw, row, side, day)
            day += timedelta(days=every + draw.random.randint(-3, 3))


def _log(world, draw, row, side, day):
    mentor = row.academic if side == Side.ACADEMIC else row.industry
    signed_at = world.now - (world.today - day)
    confirmed = day < world.today - timedelta(days=10)
    return SupervisionLog(
        mentorship=row,
        side=side,
        mentor=mentor,
        kind=draw.of(KINDS),
        day=day,
        minutes=draw.of((30, 60, 90)),
        text=draw.of(TEXTS),
        state=LogState.CONFIRMED if confirmed else LogState.SIGNED,
        signed_by_id=mentor.user_id,
        signed_at=signed_at,
        answered_at=signed_at + timedelta(days=1) if confirmed else None,
    )
