"""Half a year of guidance: logs signed, confirmed, contested, amended, late; one student of whom nobody writes."""

from datetime import timedelta

from consortium import clock
from mentors.actions.appointment import change_capacity
from mentors.actions.log import amend_log, confirm_log, contest_log, cosign_log, sign_joint, sign_log
from mentors.actions.meeting import ask_for_logs, plan_meeting
from mentors.actions.mentorship import start_mentorship
from mentors.actions.reopening import ask_reopening, decide_reopening
from mentors.models import Mentorship
from outcomes.demo import plan

BEGINS = -185  # the first mentorships begin some days later
# The named student goes to the enterprise for some weeks before choosing: guided by the two named mentors.
VISIT = (-48, 40)
INDUSTRY = (
    "第{n}批罐上数据一起看过，溶氧拐点比上批提前，下周改补料起点再跑一批。",
    "现场看了取样和离线检测，平行样偏差超过5%，先把移液步骤固定下来。",
    "对了本周的批记录，尾气和底物对不上，查出是零点漂移，已安排校正。",
    "讨论小试放大到{l}升的传质差别，先按等功率体积比试，记录搅拌功率。",
    "看了图表初稿，坐标和单位不统一，改完再谈结论；新增两组对照。",
    "一起排了下月的罐，避开检修周；样品保存期要写进记录。",
)
ACADEMIC = (
    "开题框架定下来，文献部分补近三年的过程控制，两周后交修改稿。",
    "看了实验设计，变量太多，先固定温度和pH，只动补料速率。",
    "论文方法部分过了一遍，统计检验要写清重复数，图3重画。",
    "确认了企业数据哪些能写进论文，敏感参数用归一化表示。",
)
JOINT = "三方碰头：企业侧确认下一季度的罐次，学校侧确认论文进度，实验记录格式统一用企业模板。"
AMENDED = "时长按会议记录是{new}分钟，原来写成{old}分钟；校正当天已做完。"
DIFFERS = "那天是线上谈的，大约30分钟，不是现场一小时。"
QUIET = {9: 42, 13: 36}  # days without a log, by the student's place in the list
KINDS = ("on_site", "video", "meeting", "reading")
LENGTHS = (30, 60, 60, 90)


def plan_supervision(story):
    """Put the visit on its day, and the half year once the mentorships are there."""
    story.add(VISIT[0] - 1, begin_visit, hour=15)
    story.add(BEGINS, begin_logs, hour=8)


def begin_visit(story):
    """The office assigns the two named mentors to the named student by hand, and lets one take two more."""
    cast, student = story.cast, _student(story, "student")
    mentor = cast.appointments["industry01"]
    change_capacity(appointment=mentor, by=cast.people["graduate"], capacity=mentor.capacity + 2)
    start_mentorship(
        student=student,
        academic=cast.appointments["academic01"],
        industry=cast.appointments["industry01"],
        topic="企业认知实践：补料策略的对照试验",
        since=story.day(VISIT[0]),
        until=story.day(VISIT[1]),
        by=cast.people["graduate"],
        reason="填报志愿前先到企业认知实践，由两位导师共同指导",
    )
    row = Mentorship.objects.get(student=student)
    _plan_one(story, row, "visit")
    # A meeting nobody logged and was reminded of, one that is just over, and one that is still to come.
    for number, (side, day) in enumerate((("academic", -5), ("industry", -1), ("industry", 4))):
        story.add(day - 6, arrange, row, side, day, hour=17, minute=number)
    for day in (-5, -2, -1):
        story.add(day, ask, hour=16, minute=30)


def arrange(story, row, side, day):
    """A mentor plans a meeting; the student is told."""
    plan_meeting(
        mentorship=row,
        by=getattr(row, side).user,
        starts_at=story.at(day, 15),
        minutes=60,
        place="示例会议室302",
    )


def ask(story):
    """The clock asks for the logs of meetings that are over, and reminds once."""
    ask_for_logs()


def begin_logs(story):
    """Each mentorship gets its rhythm; of two students nobody has written for weeks."""
    for number, row in enumerate(Mentorship.objects.order_by("student__number")):
        _plan_one(story, row, number)


def _student(story, username):
    return next(row for row in story.cast.students.values() if row.user.username == username)


def _plan_one(story, row, number):
    draw = plan.generator("logs", number)
    first, quiet = (row.since - story.today).days, QUIET.get(number, 0)
    late = number in (4, 12)
    day, at = first + draw.randint(3, 9), 0
    while day < -quiet:
        if not (late and day > -45):
            _add(story, row, "industry", day, at, draw)
        day, at = day + draw.randint(12, 16), at + 1
    day, at = first + draw.randint(8, 16), 0
    while day < -quiet:
        if at % 3 == 1:
            story.add(_weekday(story, day), meet, row, _weekday(story, day), hour=14, minute=at)
        else:
            _add(story, row, "academic", day, at, draw)
        day, at = day + draw.randint(26, 31), at + 1
    if number == 4:
        story.add(-2, ask_for_a_late_day, row, hour=9)
    if number == 12:
        story.add(-6, sign_a_late_day, row, hour=10)


def _weekday(story, day):
    """The day itself, or the Friday before a weekend."""
    return day - max(story.day(day).weekday() - 4, 0)


def _add(story, row, side, day, at, draw):
    day = _weekday(story, day)
    texts = INDUSTRY if side == "industry" else ACADEMIC
    text = texts[at % len(texts)].format(n=at + 2, l=draw.choice((30, 50, 200)))
    kind, minutes = draw.choice(KINDS), draw.choice(LENGTHS)
    story.add(day, write, row, side, day, kind, minutes, text, at, hour=16, minute=draw.randint(0, 59))


def write(story, row, side, day, kind, minutes, text, at):
    """A mentor signs in the afternoon; the student answers in the evening, of the last days not yet."""
    row = Mentorship.objects.get(pk=row.pk)
    log = sign_log(
        mentorship=row,
        by=getattr(row, side).user,
        kind=kind,
        day=story.day(day),
        minutes=minutes,
        text=text,
        private="进度比计划慢一周，先看两批再说。" if at == 3 else "",
        again=True,
    )
    if -32 < day <= -4 and row.student.user.username != "student" and _contests(story, row, side):
        story.contested = log.pk
        story.add(day + 1, say_what_differs, log, hour=20)
    elif day < (-16 if row.student.user.username == "student" else -2):
        # In the same scene, some hours later: the student confirms in the evening.
        with clock.moved(timedelta(hours=5)):
            confirm_log(log=log, by=row.student.user)
        if at == 2 and side == "industry" and row.industry == story.cast.appointments["industry01"]:
            story.add(day + 1, correct, log, hour=9)


def _contests(story, row, side):
    """The one log that differs: of the named industry mentor."""
    own = row.industry_id == story.cast.appointments["industry01"].pk
    return own and side == "industry" and story.contested is None


def agree(story, log):
    """The student confirms."""
    log.refresh_from_db()
    if log.state == "signed":
        confirm_log(log=log, by=log.mentorship.student.user)


def say_what_differs(story, log):
    """The student says what differs; the mentor has not answered yet."""
    contest_log(log=log, by=log.mentorship.student.user, answer=DIFFERS)


def correct(story, log):
    """The mentor amends what was signed wrongly, and the student confirms the amendment."""
    minutes = 120 if log.minutes == 90 else 90
    following = amend_log(
        log=log,
        by=log.signed_by,
        kind=log.kind,
        day=log.day,
        minutes=minutes,
        text=log.text.replace("已安排校正", "已校正并复测"),
        reason=AMENDED.format(new=minutes, old=log.minutes),
    )
    confirm_log(log=following, by=log.mentorship.student.user)


def meet(story, row, day):
    """A joint meeting: the academic mentor signs, the industry mentor too on the next day, the student confirms."""
    row = Mentorship.objects.get(pk=row.pk)
    (log,) = sign_joint(
        mentorships=[row],
        by=row.academic.user,
        day=story.day(day),
        minutes=60,
        text=JOINT,
        lines={row.pk: "下次带上批记录原件。"},
    )
    if day < -2 and row.student.user.username != "student":
        story.add(day + 1, sign_too, log, hour=10)
        story.add(day + 1, agree, log, hour=21)


def sign_too(story, log):
    """The industry mentor signs the joint meeting."""
    cosign_log(log=log, by=log.cosigner.user)


def ask_for_a_late_day(story, row):
    """A mentor comes back from the field and asks; the office has not answered yet."""
    ask_reopening(
        mentorship=row,
        by=row.industry.user,
        day=story.day(-2) - timedelta(days=21),
        reason="在客户现场调试三周，没有网络，回来才补记。",
    )


def sign_a_late_day(story, row):
    """Another one was granted, and the log signed."""
    day = story.day(-6) - timedelta(days=18)
    request = ask_reopening(
        mentorship=row, by=row.industry.user, day=day, reason="停产检修期间在外地，晚了四天。"
    )
    decide_reopening(reopening=request, by=story.cast.people["graduate2"], granted=True)
    log = sign_log(
        mentorship=row,
        by=row.industry.user,
        kind="on_site",
        day=day,
        minutes=90,
        text="检修前一起清点了在罐批次，确定复产后的第一批用旧菌种对照。",
    )
    confirm_log(log=log, by=row.student.user)
