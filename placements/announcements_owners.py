"""What demands, owners' projects and scores announce to the ground: navigation, duties, messages, badges."""

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium import badges, clock
from consortium.notifications import Message, register
from consortium.reach import may, reach
from consortium.registry import Duty, Fact, MemberColumn, NavItem, registry
from consortium.roles import Permission
from placements.enums import DemandState, ProjectState
from placements.models import Demand
from placements.queries import owner, score
from placements.queries.demand import SHOWN, WAITING, demands_visible_to, for_page
from placements.queries.project import projects_visible_to
from placements.rules import demand as rules
from placements.rules.score import is_open

OPEN_DEMANDS = (*WAITING, DemandState.MORE_WANTED, DemandState.RESPONDED)
GROUP = gettext_lazy("Practice")
HOME = gettext_lazy("To do")
MINE = gettext_lazy("Me")


def announce():
    """Fill the registry; called once at start-up."""
    _navigation()
    registry.duties.append(duties)
    registry.dashboard.append(our_demands)
    registry.organisation_facts.append(demands_of)
    registry.member_columns.append(MemberColumn("demands", gettext_lazy("Open demands"), open_demands))
    # A draft is its owners' alone, also when records are merged.
    registry.merge_words |= {
        "placements.demand": lambda row: f"{row.number} {row.title}" if row.submitted_at else _("draft"),
        "placements.project": lambda row: (
            row.number if row.state == ProjectState.DRAFTED else f"{row.number} {row.title}"
        ),
    }
    _messages()
    _badges()


def _navigation():
    projects = gettext_lazy("Projects")
    applicants = gettext_lazy("Applicants")
    registry.nav += [
        NavItem("public", gettext_lazy("Enterprise demands"), "demands", "lightbulb", order=20),
        NavItem("enterprise", HOME, "dashboard", "inbox", order=10, count=waiting_count),
        NavItem("enterprise", gettext_lazy("Demands"), "demands", "lightbulb", order=20),
        NavItem("enterprise", projects, "my_projects", "briefcase", order=30),
        NavItem(
            "enterprise", applicants, "scores", "people", order=40, permission=Permission.RANK_APPLICANTS
        ),
        NavItem("enterprise", MINE, "me", "person", order=50),
        NavItem("mentor", HOME, "dashboard", "inbox", order=10, count=waiting_count),
        NavItem("mentor", projects, "my_projects", "briefcase", order=20),
        NavItem("mentor", applicants, "scores", "people", order=30),
        NavItem("mentor", MINE, "me", "person", order=50),
        NavItem(
            "staff",
            gettext_lazy("Demands and projects"),
            "demands",
            "lightbulb",
            GROUP,
            order=40,
            permission=Permission.READ_DEMANDS,
            count=demands_waiting,
        ),
        NavItem(
            "staff",
            gettext_lazy("Projects to approve"),
            "approvals",
            "check2-square",
            GROUP,
            order=42,
            permission=Permission.APPROVE_PROJECT,
            count=lambda user, now: owner.waiting_for_approval(user).count(),
        ),
    ]


def waiting_count(user, now):
    """How many lines the person's “waiting for me” has from here."""
    return len(list(duties(user, now)))


def demands_waiting(user, now):
    """Demands that wait for this person's board."""
    triage = reach(user, Permission.TRIAGE_DEMAND)
    if not triage.boards:
        return None
    return Demand.objects.filter(state__in=WAITING, board__in=triage.boards).count()


def duties(user, now):
    """What waits for this person: first answers, approvals, what the board asked for, drafts to go on
    with, scores.
    """
    found = []
    if may(user, Permission.TRIAGE_DEMAND):
        found += _to_answer(user, now)
    if may(user, Permission.APPROVE_PROJECT):
        found += _to_approve(user)
    if reach(user, Permission.EDIT_DEMAND).organisations:
        found += _own_demands(user)
    if may(user, Permission.EDIT_PROJECT):
        found += _own_projects(user)
    if may(user, Permission.RANK_APPLICANTS):
        found += _to_score(user, now)
    return found


def our_demands(user, now):
    """What an enterprise has asked for and where each stands, with the way to state another."""
    own = reach(user, Permission.EDIT_DEMAND).organisations
    if not own:
        return None
    shown = demands_visible_to(user).filter(organisation__in=own, state__in=SHOWN)
    rows = [_standing(row, user) for row in for_page(shown).order_by("-submitted_at", "-pk")[:5]]
    return {"template": "placements/owner_home.html", "context": {"rows": rows}}


def _standing(demand, user):
    project = demand.project
    at = rules.position(demand, project)
    return {
        "demand": demand,
        "turn": rules.is_users_turn(user, demand, project),
        "step": at + 1,
        "label": rules.STEPS[at][0],
        "whose": rules.whose_turn(demand, project),
    }


def demands_of(organisation, user, day):
    """The demands and approved projects of an organisation that the reader may see, the newest first."""
    demands = demands_visible_to(user).filter(organisation=organisation, submitted_at__lte=clock.end_of(day))
    for row in demands.select_related("created_by").order_by("-submitted_at", "-pk")[:30]:
        yield Fact(
            _("Demands"),
            row.title,
            note=f"{row.get_list_display()} {row.get_state_display()}",
            url=row.get_absolute_url(),
            since=clock.day_of(row.submitted_at),
            by=row.created_by.name,
            entered=clock.day_of(row.submitted_at),
            is_sample=row.is_sample,
        )
    projects = projects_visible_to(user).filter(organisation=organisation, approved_at__lte=clock.end_of(day))
    for row in projects.select_related("approved_by").order_by("-approved_at", "-pk")[:30]:
        yield Fact(
            _("Projects"),
            row.name,
            note=f"{row.number} {row.get_state_display()}",
            url=row.get_absolute_url(),
            since=clock.day_of(row.approved_at),
            until=clock.day_of(row.withdrawn_at),
            by=row.approved_by.name if row.approved_by else "",
            entered=clock.day_of(row.approved_at),
            is_sample=row.is_sample,
        )


def open_demands(organisations, user, day):
    """How many demands of each organisation wait or are answered, as far as the reader may see them."""
    rows = demands_visible_to(user).filter(organisation__in=organisations, state__in=OPEN_DEMANDS)
    counted = rows.order_by().values_list("organisation").annotate(Count("pk", distinct=True))
    return {pk: (str(number), reverse("member", args=[pk])) for pk, number in counted}


def _to_answer(user, now):
    # The secretariat may triage all; its list shows only what is late, the boards' own shows everything.
    triage = reach(user, Permission.TRIAGE_DEMAND)
    rows = Demand.objects.filter(state__in=WAITING)
    rows = rows.filter(response_due__lt=now) if triage.all else rows.filter(board__in=triage.boards)
    for row in rows.select_related("organisation", "board").order_by("response_due", "pk"):
        yield Duty(
            title=_("Demand %(number)s: %(title)s") % {"number": row.number, "title": row.title},
            url=row.get_absolute_url(),
            verb=_("Answer the demand"),
            due=row.response_due,
            note=row.organisation.short,
            urgent=row.response_due <= now,
        )


def _to_approve(user):
    for row in owner.waiting_for_approval(user).select_related("organisation"):
        yield Duty(
            title=_("Project %(number)s: %(title)s") % {"number": row.number, "title": row.title},
            url=reverse("approval", args=[row.pk]),
            verb=_("Check the project"),
            note=row.organisation.short,
        )


DEMAND_DUTIES = {
    DemandState.MORE_WANTED: (
        gettext_lazy("Add what is missing"),
        gettext_lazy("the board's clock stands still"),
    ),
    DemandState.RETURNED: (
        gettext_lazy("Change the demand"),
        gettext_lazy("returned by the board"),
    ),
    DemandState.RESPONDED: (
        gettext_lazy("Draft the project"),
        gettext_lazy("answered by the board"),
    ),
    DemandState.DRAFT: (gettext_lazy("Go on writing"), gettext_lazy("draft, not handed in")),
}


def _own_demands(user):
    own = reach(user, Permission.EDIT_DEMAND).organisations
    rows = demands_visible_to(user).filter(organisation__in=own, state__in=DEMAND_DUTIES)
    for row in rows.order_by("pk"):
        verb, note = DEMAND_DUTIES[DemandState(row.state)]
        name = f"{row.number} {row.title}" if row.number else row.title
        yield Duty(
            title=_("Demand %(name)s") % {"name": name},
            url=row.get_absolute_url(),
            verb=str(verb),
            note=str(note),
        )


PROJECT_DUTIES = {
    ProjectState.RETURNED: (
        gettext_lazy("Change the project"),
        gettext_lazy("returned for changes"),
    ),
    ProjectState.DRAFTED: (gettext_lazy("Go on writing"), gettext_lazy("draft, not handed in")),
}


def _own_projects(user):
    for row in owner.projects_of(user).filter(state__in=PROJECT_DUTIES).order_by("pk"):
        verb, note = PROJECT_DUTIES[ProjectState(row.state)]
        yield Duty(
            title=_("Project %(number)s: %(title)s") % {"number": row.number, "title": row.title},
            url=reverse("project_edit", args=[row.pk]),
            verb=str(verb),
            note=str(note),
        )


def _to_score(user, now):
    rows = score.rows_to_score(user).filter(scores_done_at=None)
    for row in score.with_progress(rows):
        if row.applicants and is_open(row.round, now):
            left = row.applicants - row.judged
            yield Duty(
                title=_("Applicants of “%(title)s”") % {"title": row.project.title},
                url=reverse("scores_for", args=[row.pk]),
                verb=_("Score applicants"),
                due=row.round.scoring_ends_at,
                note=ngettext("%(n)d not judged yet", "%(n)d not judged yet", left) % {"n": left},
            )


def _messages():
    demand, project = gettext_lazy("Open the demand"), gettext_lazy("Open the project")
    register(
        demand_submitted=Message(
            gettext_lazy("A demand waits for your board"),
            gettext_lazy("Demand %(number)s was handed in. Give the first answer by %(due)s."),
            demand,
            times=("due",),
        ),
        demand_moved=Message(
            gettext_lazy("A demand was given to your board"),
            gettext_lazy(
                "Demand %(number)s is with your board now. Its clock runs on: first answer by %(due)s."
            ),
            demand,
            times=("due",),
        ),
        demand_completed=Message(
            gettext_lazy("A demand was completed"),
            gettext_lazy(
                "The enterprise added to demand %(number)s. The clock goes on: first answer by %(due)s."
            ),
            demand,
            times=("due",),
        ),
        demand_withdrawn=Message(
            gettext_lazy("A demand was withdrawn"),
            gettext_lazy("The enterprise withdrew demand %(number)s. Nothing is left to do."),
            demand,
            times=("due",),
        ),
        demand_late=Message(
            gettext_lazy("A demand is past its first answer"),
            gettext_lazy("Demand %(number)s is %(days)s working days past the time of its first answer."),
            gettext_lazy("Answer the demand"),
            urgent=True,
            times=("due",),
        ),
        demand_answered=Message(
            gettext_lazy("Your demand has an answer"),
            gettext_lazy("The board has answered demand %(number)s. You can draft a project from it now."),
            demand,
        ),
        demand_more_wanted=Message(
            gettext_lazy("The board asks for more about your demand"),
            gettext_lazy(
                "Demand %(number)s: the board asks for more. Its clock stands still until you answer."
            ),
            gettext_lazy("Add what is missing"),
            urgent=True,
        ),
        demand_returned=Message(
            gettext_lazy("Your demand was returned"),
            gettext_lazy("Demand %(number)s was returned with a reason. Change it and hand it in again."),
            demand,
            urgent=True,
        ),
        project_drafted=Message(
            gettext_lazy("A project was drafted from your demand"),
            gettext_lazy("Project %(number)s is being drafted. You can read and change it."),
            project,
        ),
        project_submitted=Message(
            gettext_lazy("A project waits for approval"),
            gettext_lazy("Project %(number)s was handed in; all red lines are kept. Approve or return it."),
            gettext_lazy("Check the project"),
        ),
        project_pay_submitted=Message(
            gettext_lazy("A project with pay under the floor waits for review"),
            gettext_lazy(
                "Project %(number)s was handed in with pay under the floor and its grounds. Review them, "
                "then approve or return it."
            ),
            gettext_lazy("Check the project"),
        ),
        own_project_withdrawn=Message(
            gettext_lazy("A project of yours was withdrawn"),
            gettext_lazy(
                "Project %(number)s was withdrawn. Reason: %(reason)s Its demand stands answered again: draft "
                "another project from it, or withdraw it too."
            ),
            demand,
            urgent=True,
        ),
        project_approved=Message(
            gettext_lazy("Your project is approved"),
            gettext_lazy(
                "Project %(number)s is approved and enters the next round. Only its wording can change now."
            ),
            project,
        ),
        project_returned=Message(
            gettext_lazy("Your project was returned"),
            gettext_lazy("Project %(number)s was returned with a reason. Change it and hand it in again."),
            project,
            urgent=True,
        ),
        project_changed=Message(
            gettext_lazy("A project in your list has changed"),
            gettext_lazy(
                "“%(title)s”, which is in your list, was changed. See what it said before and says now."
            ),
            gettext_lazy("See the change"),
            urgent=True,
        ),
        project_withdrawn=Message(
            gettext_lazy("A project in your list was withdrawn"),
            gettext_lazy(
                "“%(title)s” was withdrawn. Reason: %(reason)s The other choices in your list stay."
            ),
            gettext_lazy("Open my list"),
            urgent=True,
        ),
    )


def _badges():
    badges.register(
        "demand",
        DemandState,
        {
            DemandState.DRAFT: badges.SLATE,
            DemandState.SUBMITTED: badges.INDIGO,
            DemandState.TRIAGED: badges.INDIGO,
            DemandState.MORE_WANTED: badges.PAUSED,
            DemandState.RESPONDED: badges.GREEN,
            DemandState.DRAFTED: badges.GREEN,
            DemandState.RETURNED: badges.RED,
            DemandState.WITHDRAWN: badges.SLATE,
        },
    )
    badges.register(
        "project",
        ProjectState,
        {
            ProjectState.DRAFTED: badges.SLATE,
            ProjectState.SUBMITTED: badges.INDIGO,
            ProjectState.RETURNED: badges.RED,
            ProjectState.APPROVED: badges.GREEN,
            ProjectState.OPEN: badges.INDIGO,
            ProjectState.MATCHED: badges.GREEN,
            ProjectState.WITHDRAWN: badges.SLATE,
        },
    )
