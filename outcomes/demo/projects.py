"""Demands on their way, and those that became projects: each step by the person whose step it is."""

from outcomes.demo import plan, world
from outcomes.demo.people import administrator_of
from placements.actions.demand import answer_demand, move_demand, return_demand, save_demand, submit_demand
from placements.actions.project import approve_project, draft_project, save_project, submit_project


def officer_of(board):
    """The user name of a board's officer."""
    return "board" if board == "technology" else f"board-{board}"


def plan_projects(story):
    """Let the projects of every round come about and be approved in time; the others wait for approval."""
    for round in plan.ROUNDS:
        _plan_some(story, round.projects, round.approved_by)
    _plan_some(story, plan.WAITING, plan.APPROVED - plan.HANDED_IN - 1, approved=False)


def _plan_some(story, keys, approved_by, approved=True):
    days = plan.demand_days(keys, approved_by)
    for minute, row in enumerate(row for row in world.projects() if row["key"] in keys):
        day = days[row["key"]]
        story.add(day, enter_demand, row, hour=9, minute=minute)
        story.add(day + plan.ANSWERED, answer, row, hour=10, minute=minute)
        story.add(day + plan.DRAFTED, draft, row, hour=14, minute=minute)
        story.add(day + plan.HANDED_IN, hand_in, row, hour=15, minute=minute)
        if approved:
            story.add(day + plan.APPROVED, approve, row, hour=16, minute=minute)


def _owner(story, row):
    return story.cast.people[administrator_of(row["enterprise"])]


def enter_demand(story, row):
    """The enterprise states the demand a project comes from."""
    demand = save_demand(
        by=_owner(story, row),
        organisation=story.cast.organisations[row["enterprise"]],
        list=row["list"],
        title=row["title_zh"],
        text=row["demand_text_zh"],
        places=row["places"],
        level=row["confidentiality"],
        board=story.cast.boards[row["board"]],
        base=story.cast.bases[row["base"]],
    )
    story.cast.demands[row["key"]] = submit_demand(demand=demand, by=_owner(story, row))


def answer(story, row):
    """The board answers."""
    story.cast.demands[row["key"]] = answer_demand(
        demand=story.cast.demands[row["key"]],
        by=story.cast.people[officer_of(row["board"])],
        text=row["demand_answer_zh"],
    )


def draft(story, row):
    """The enterprise turns the demand into a project and fills it in."""
    cast, by = story.cast, _owner(story, row)
    project = draft_project(demand=cast.demands[row["key"]], by=by)
    cast.projects[row["key"]] = save_project(
        project=project,
        by=by,
        title=row["title_zh"],
        title_en=row["title_en"],
        summary=row["summary_zh"],
        problem=row["problem_zh"],
        aims="\n".join(row["aims_zh"]),
        tasks="\n".join(row["tasks_zh"]),
        deliverables="\n".join(row["deliverables_zh"]),
        field=row["field"],
        chain=row["chain"],
        talent_type=row["talent_type"],
        bottleneck=row["bottleneck"],
        base=cast.bases[row["base"]],
        academic_mentor=cast.appointments[row["academic_mentor"]],
        industry_mentor=cast.appointments[row["industry_mentor"]],
        degree=row["degree"],
        months=row["months"],
        starts_on=story.day(_starts_from(row) + row["start_offset_days"]),
        places=row["places"],
        stipend=row["stipend_month"],
        post_wage=row["post_wage_month"],
        hours_day=row["hours_day"],
        hours_week=row["hours_week"],
        housing=row["housing"],
        safety_class=row["safety_class"],
        level=row["confidentiality"],
        ip_terms=row["ip_terms_zh"],
        confidentiality_terms=row["confidentiality_terms_zh"],
        safe_work_declared=True,
        skills_required=[cast.skills[key] for key in row["skills_required"]],
        skills_welcome=[cast.skills[key] for key in row["skills_welcome"]],
    )


def _starts_from(row):
    return (plan.round_of(row["key"]) or plan.OPEN).starts_from


def hand_in(story, row):
    """The enterprise hands the project in."""
    story.cast.projects[row["key"]] = submit_project(
        project=story.cast.projects[row["key"]], by=_owner(story, row)
    )


def approve(story, row):
    """The graduate school approves what the enterprise handed in."""
    story.cast.projects[row["key"]] = approve_project(
        project=story.cast.projects[row["key"]], by=story.cast.people["graduate"]
    )


def plan_demands(story):
    """Demands that are still on their way, each as far as its file says."""
    for row in world.demands():
        day = row["submitted_offset_days"]
        story.add(day, enter_open_demand, row, hour=9)
        if row["state"] != "submitted":
            story.add(min(day + 1, -1), take_up, row, hour=14)
        if row["state"] in ("answered", "returned"):
            story.add(min(day + 4, -1), reply, row, hour=15)


def enter_open_demand(story, row):
    """The enterprise states a demand and hands it in."""
    demand = save_demand(
        by=_owner(story, row),
        organisation=story.cast.organisations[row["enterprise"]],
        list=row["list"],
        title=row["title_zh"],
        text=row["text_zh"],
        places=row["places"],
        level=row["level"],
        board=story.cast.boards[row["board"]],
        needed_by=story.day(row["needed_in_days"]),
    )
    story.cast.demands[row["key"]] = submit_demand(demand=demand, by=_owner(story, row))


def take_up(story, row):
    """The board takes it."""
    story.cast.demands[row["key"]] = move_demand(
        demand=story.cast.demands[row["key"]],
        board=story.cast.boards[row["board"]],
        by=story.cast.people[officer_of(row["board"])],
    )


def reply(story, row):
    """The board answers or sends it back."""
    demand, by = story.cast.demands[row["key"]], story.cast.people[officer_of(row["board"])]
    if row["state"] == "answered":
        story.cast.demands[row["key"]] = answer_demand(demand=demand, by=by, text=row["answer_zh"])
    else:
        story.cast.demands[row["key"]] = return_demand(demand=demand, by=by, reason=row["answer_zh"])
