"""The four rounds of the demo: one finished, one to be matched, one being scored, one open for lists."""

from consortium import jobs
from outcomes.demo import plan, world
from outcomes.demo.people import administrator_of, username_of
from placements.actions.application import (
    add_choice,
    move_choice,
    replace_draft,
    set_statement,
    submit_application,
)
from placements.actions.freeze import close_round, end_scoring, freeze_round
from placements.actions.interest import refresh_interest
from placements.actions.notice import answer_objection, publish_round, start_notice
from placements.actions.result import accept_place, decline_place, lapse_unanswered, object_to_match
from placements.actions.round import (
    agree_opening,
    open_round,
    plan_round,
    proposed_caps,
    request_opening,
    set_caps,
)
from placements.actions.run import run_round
from placements.actions.score import finish_scoring, save_score
from placements.enums import ObjectionKind, RoundState
from placements.models import MatchResult, Placement
from placements.queries import round as queries
from placements.queries.score import applicants
from placements.rules import caps as cap_rules
from placements.rules import round as rules

CONTACT = "示例研究生院 示例顾老师，graduate@example.invalid"
NOTE = {
    "finished": "面向上一届专业硕士和博士，共{n}个项目。",
    "closed": "面向尚未落实专业实践的同学，共{n}个项目。",
    "scoring": "示例甲生物的专项批次，共{n}个项目。",
    "open": "面向本届和尚未落实专业实践的同学，共{n}个项目。录取后与基地、学校签署三方协议。",
}


def plan_rounds(story, students):
    """Put the whole life of every round on its days."""
    for round in plan.ROUNDS:
        story.add(round.opens - 1, prepare, round, hour=9)
        story.add(round.opens - 1, ask, round, hour=10)
        story.add(round.opens - 1, agree, round, hour=15)
        story.add(round.opens, begin, round, students, hour=9)
        if round.closes < 0:
            story.add(round.closes, close, round, hour=17)
            story.add(round.closes + 1, judge, round, hour=10)
    story.add(plan.FINISHED.scoring_ends, end_by_clock, plan.FINISHED, hour=17)
    story.add(plan.FINISHED.scoring_ends + 1, match, plan.FINISHED, hour=9)
    story.add(plan.FINISHED.scoring_ends + 1, announce, plan.FINISHED, hour=14)
    story.add(plan.CLOSED.closes + 2, end_early, plan.CLOSED, hour=16)
    story.add(-1, count_interest, hour=23, minute=55)


def prepare(story, round):
    """The first person plans the round and sets the caps that the records call for."""
    cast, by = story.cast, story.cast.people["graduate"]
    cast.rounds[round.key] = row = plan_round(
        by=by,
        name=plan.round_names(story.today)[round.key],
        opens_at=story.at(round.opens, 9),
        closes_at=story.at(round.closes, 17),
        scoring_ends_at=story.at(round.scoring_ends, 17),
        public_note=NOTE[round.key].format(n=len(round.projects)),
        contact=CONTACT,
        is_sample=True,
    )
    passing = rules.readiness(row).passing
    held = _nested(proposed_caps(row, passing), passing)
    if held:
        set_caps(
            round=row,
            by=by,
            caps=[{"kind": cap.kind, "subject_id": cap.subject_id, "capacity": cap.capacity} for cap in held],
        )


def _nested(proposed, passing):
    """As many of the proposed caps as stand side by side or inside one another, as a stable result needs."""
    held = []
    for cap in proposed:
        if cap_rules.overlapping(cap_rules.members([*held, cap], passing)) is None:
            held.append(cap)
    return held


def ask(story, round):
    """The first person asks for opening."""
    request_opening(round=story.cast.rounds[round.key], by=story.cast.people["graduate"])


def agree(story, round):
    """The second person agrees."""
    agree_opening(round=story.cast.rounds[round.key], by=story.cast.people["graduate2"])


def begin(story, round, students):
    """The clock opens the round; from now on students draw up their lists, some a second time."""
    row = story.cast.rounds[round.key]
    open_round(round=row)
    files = {project.pk: key for key, project in story.cast.projects.items()}
    entered = {files[entry.project_id]: entry for entry in row.round_projects.order_by("pk")}
    lists, drafts = plan.participants(round, students, placed=_holding_a_place(), taken=story.taken)
    story.taken[round.key] = {student.number for student in (*lists, *drafts)}
    last = min(round.closes, 0) - 1
    span = last - round.opens
    for number, student in enumerate((*lists, *drafts)):
        day = round.opens + 1 + number * 7 % span
        story.add(
            day,
            hand_in,
            round,
            student,
            entered,
            number < len(lists),
            hour=8 + number % 12,
            minute=number % 60,
        )
        if number < len(lists) and number % 7 == 3 and day < last:
            story.add(
                day + 1, hand_in_again, round, student, entered, hour=8 + number % 12, minute=number % 60
            )


def _holding_a_place():
    return set(Placement.objects.order_by().values_list("student__number", flat=True))


def hand_in(story, round, student, entered, handed_in):
    """A student draws up the list and hands it in, or leaves it as a draft."""
    profile, row = story.cast.students[student.number], story.cast.rounds[round.key]
    wanted = [(entered[key], text) for key, text in plan.choices(student, round) if key in entered]
    application = add_choice(student=profile, round_project=wanted[0][0], by=profile.user)
    if len(wanted) > 1:
        application = replace_draft(
            application=application, codes=[one.code for one, _text in wanted], by=profile.user
        )
    for one, text in wanted:
        if text:
            set_statement(application=application, round_project=one, text=text, by=profile.user)
    if handed_in:
        submit_application(student=profile, round=row, by=profile.user, form_key=f"demo-{round.key}-1")
    story.applications[round.key, student.number] = application


def hand_in_again(story, round, student, entered):
    """The student thinks again and puts the last choice first."""
    profile, row = story.cast.students[student.number], story.cast.rounds[round.key]
    last = plan.choices(student, round)[-1][0]
    application = story.applications[round.key, student.number]
    move_choice(application=application, round_project=entered[last], to=1, by=profile.user)
    submit_application(student=profile, round=row, by=profile.user, form_key=f"demo-{round.key}-2")


def close(story, round):
    """The clock closes the round."""
    close_round(round=story.cast.rounds[round.key])


def judge(story, round):
    """Owners score their applicants; in the round that is being scored only the first project is done."""
    files = {row["key"]: row for row in world.projects()}
    known = {row.number: row for row in plan.students(story.today)}
    done = round.projects if round is not plan.SCORING else round.projects[-1:]
    for number, key in enumerate(done):
        entry = story.cast.rounds[round.key].round_projects.get(project=story.cast.projects[key])
        by = story.cast.people[_judge(files[key], number)]
        taken = set()
        rows = sorted(applicants(entry), key=lambda row: row.round_student.student.number)
        for row in rows:
            student = known[row.round_student.student.number]
            points = plan.score(student, files[key], taken)
            taken.add(points)
            save_score(
                round_project=entry,
                round_student=row.round_student,
                by=by,
                score=points,
                unacceptable=points is None,
                reason=plan.REFUSALS[number % len(plan.REFUSALS)] if points is None else "",
            )
        if rows:
            finish_scoring(round_project=entry, by=by)


def _judge(row, number):
    """Who scores: the industry mentor, the academic mentor or the enterprise's administrator, by turns."""
    people = (
        username_of(row["industry_mentor"]),
        username_of(row["academic_mentor"]),
        administrator_of(row["enterprise"]),
    )
    return people[number % 3]


def end_by_clock(story, round):
    """Scoring ends by the clock."""
    end_scoring(round=story.cast.rounds[round.key])


def end_early(story, round):
    """The office ends scoring because every owner is done; the round waits to be frozen."""
    end_scoring(round=story.cast.rounds[round.key], by=story.cast.people["graduate"])


def match(story, round):
    """Freeze, run, verify: as the worker does it."""
    row, by = story.cast.rounds[round.key], story.cast.people["graduate"]
    freeze_round(round=row, by=by)
    run = run_round(round=row, by=by)
    jobs.run(run.job_id)
    run.refresh_from_db()
    row.refresh_from_db()
    if row.state != RoundState.VERIFIED:
        raise RuntimeError(f"The run of the demo's finished round ended as {run.state}: {run.error}")


def announce(story, round):
    """Another person puts the result under notice; one student objects, and gets an answer."""
    row = story.cast.rounds[round.key]
    start_notice(
        round=row, by=story.cast.people["graduate2"], public_note="结果按冻结的志愿和评分计算，可以自行核验。"
    )
    row.refresh_from_db()
    days = (row.notice_ends_at.date() - story.today).days
    story.add(round.scoring_ends + 1, object_, round, hour=20)
    story.add(round.scoring_ends + 2, reply, round, hour=11)
    story.add(days, finish, round, hour=17, minute=5)


def object_(story, round):
    """The first student without a place asks about a score."""
    row = story.cast.rounds[round.key]
    unplaced = (
        MatchResult.objects.filter(run=queries.adopted_run(row), round_project=None).order_by("pk").first()
    )
    if unplaced is not None:
        story.objection = object_to_match(
            round=row,
            by=unplaced.round_student.student.user,
            kind=ObjectionKind.SCORE,
            text="第1志愿的评分比预想的低很多，想确认评分时是否看到了我补交的实验记录。",
            form_key="demo-objection",
        )


def reply(story, round):
    """Somebody who did not run the round answers."""
    if story.objection is not None:
        answer_objection(
            objection=story.objection,
            by=story.cast.people["graduate2"],
            upheld=False,
            answer="已与企业导师核对：实验记录在评分前已收到，评分按同一标准给出，结果不变。欢迎参加下一轮。",
        )


def finish(story, round):
    """The result becomes final; most accept, two decline with a reason, one stays silent."""
    row = story.cast.rounds[round.key]
    publish_round(round=row, by=story.cast.people["graduate2"])
    row.refresh_from_db()
    days = (row.published_at.date() - story.today).days
    story.add(days + 1, answer_offers, round, hour=12)
    story.add((row.answers_due_at.date() - story.today).days, lapse, hour=17, minute=5)


def answer_offers(story, round):
    """Students answer their offers."""
    offers = Placement.objects.filter(round=story.cast.rounds[round.key]).select_related(
        "student__user", "project"
    )
    for number, placement in enumerate(offers.order_by("student__number")):
        by = placement.student.user
        if number in (4, 11):
            decline_place(placement=placement, by=by, reason=plan.DECLINES[number % 2])
        elif number != 8:
            accept_place(placement=placement, by=by)


def lapse(story):
    """Silence lapses by the clock."""
    lapse_unanswered()


def count_interest(story):
    """The bands of interest, as every night."""
    refresh_interest()
