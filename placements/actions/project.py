"""A project from the answered demand to the list of a round: drafted, handed in, approved, reworded,
taken back.
"""

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.actions.number import next_number
from consortium.audit import action, record
from consortium.clock import now, today
from consortium.enums import BodyKind
from consortium.notifications import notify_many
from consortium.queries.people import acting_for
from consortium.reach import holders, reach
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from consortium.roles import Permission
from placements.actions.round import withdraw_round_project
from placements.enums import PROJECT_MOVES, DemandState, Level, ProjectState
from placements.models import Demand, DemandEntry, MatchingRound, Project, ProjectChange, RoundProject
from placements.queries import owner
from placements.rules import demand as demand_rules
from placements.rules import project as rules
from placements.rules import redlines
from placements.search import index_project


@action
def draft_project(*, demand, by):
    """Begin the project of an answered demand, filled with what the demand says."""
    mine = list(owner.appointments_of(by, today()))
    if not demand_rules.may_draft_project(by, demand, appointments=mine):
        raise Forbidden(
            _("Only the people of %(organisation)s and mentors in office may draft this project.")
            % {"organisation": demand.organisation.short}
        )
    own = demand.organisation_id in reach(by, Permission.EDIT_PROJECT).organisations
    if demand.level == Level.BOARD and not own:
        raise Forbidden(_("This demand is for its board only; its own organisation drafts the project."))
    claimed = Demand.objects.filter(pk=demand.pk, state=DemandState.RESPONDED).update(
        state=DemandState.DRAFTED, version=F("version") + 1
    )
    demand.refresh_from_db()
    if not claimed:
        raise _not_answered(demand)
    project = Project(
        number=next_number(Project, "P", now(), kinds=[BodyKind.BOARD]),
        demand=demand,
        organisation=demand.organisation,
        board=demand.board,
        title=demand.title,
        problem=demand.text,
        base=demand.base,
        district=demand.base.district if demand.base else "",
        places=demand.places,
        level=Level.PUBLIC if demand.level == Level.PUBLIC else Level.MEMBER,
        created_by=by,
        created_at=now(),
        is_sample=demand.is_sample,
    )
    for one in mine:
        if one.is_academic:
            project.academic_mentor = one
        elif one.organisation_id == demand.organisation_id:
            project.industry_mentor = one
    project.save()
    record("project drafted", project, by=by, demand=demand.number)
    others = acting_for([project.organisation_id], Permission.EDIT_PROJECT).exclude(pk=by.pk)
    notify_many(
        others,
        "project_drafted",
        key=str(project.pk),
        url=_edit_url(project),
        number=project.number,
    )
    return project


def _not_answered(demand):
    project = demand.project
    if project is not None:
        return Refused(
            _("A project was already drafted from this demand: %(number)s.") % {"number": project.number},
            url=_edit_url(project),
            url_label=_("Open the project"),
        )
    return Refused(
        _("This demand has not been answered yet, so no project can be drafted from it."),
        remedy=_("Wait for the board's answer."),
        url=demand.get_absolute_url(),
        url_label=_("Open the demand"),
    )


def _edit_url(project):
    return reverse("project_edit", args=[project.pk])


@action
def save_project(*, project, by, version=None, **fields):
    """Write a draft down; it may lack anything. `version`: the one the writer had before their eyes."""
    _ask_writer(by, project)
    skills = {name: fields.pop(name) for name in rules.SKILLS if name in fields}
    _ask_known(fields, rules.FIELDS)
    if project.state not in rules.EDITABLE:
        raise Refused(
            _("This project is “%(state)s”, so it can no longer be edited freely.")
            % {"state": project.get_state_display()},
            remedy=_(
                "After approval its wording can be changed; anything else goes through the graduate school."
            ),
            url=_edit_url(project),
            url_label=_("Open the project"),
        )
    _ask_bounds(fields)
    changed = _write(project, by, fields, version, states=rules.EDITABLE)
    changed += _write_skills(project, skills)
    if changed:
        record("project saved", project, by=by, fields=changed)
    return project


def _ask_known(fields, known):
    unknown = set(fields) - set(known)
    if unknown:
        raise TypeError(f"not to be changed here: {sorted(unknown)}")


def _ask_bounds(fields):
    if not 1 <= (fields.get("places") or 1) <= 20:
        raise Invalid(
            _("A project offers 1 to 20 places. Split a larger one into several projects."),
            field="places",
        )
    if not 1 <= (fields.get("months") or 1) <= 36:
        raise Invalid(_("A stay lasts 1 to 36 months."), field="months")
    if fields.get("level") == Level.BOARD:
        raise Invalid(_("A project is read by students, so it is public or for members."), field="level")


def _write(project, by, fields, version, *, states):
    """Put the changed fields into the row, if it still is as the writer saw it. Returns their names."""
    current = Project.objects.get(pk=project.pk)
    changed = [name for name, value in fields.items() if getattr(current, name) != value]
    if not changed:
        return []
    values = {name: fields[name] for name in changed}
    if "base" in values:
        values["district"] = values["base"].district if values["base"] else ""
    expected = project.version if version is None else version
    written = Project.objects.filter(pk=project.pk, version=expected, state__in=states).update(
        version=F("version") + 1, **values
    )
    if not written:
        raise Stale(
            _("Someone changed this project while you were writing."),
            remedy=_("Both versions are shown below. Choose what to keep, then save."),
            theirs=owner.for_page(Project.objects.all()).get(pk=project.pk),
        )
    project.refresh_from_db()
    return changed


def _write_skills(project, skills):
    changed = []
    for name, rows in skills.items():
        wanted = {row.pk for row in rows}
        if wanted != set(getattr(project, name).order_by().values_list("pk", flat=True)):
            getattr(project, name).set(rows)
            changed.append(name)
    return changed


def _ask_writer(by, project):
    if not rules.may_edit(by, project):
        raise Forbidden(
            _("You can read this project but not change it."),
            remedy=_("To change it, contact %(organisation)s.")
            % {"organisation": project.organisation.short},
        )


@action
def submit_project(*, project, by):
    """Hand a project in for approval; refused while a red line is not kept."""
    _ask_writer(by, project)
    project = owner.for_page(Project.objects.all()).get(pk=project.pk)
    _ask_red_lines(project)
    _move(
        project,
        ProjectState.SUBMITTED,
        expected=rules.EDITABLE,
        submitted_by=by,
        submitted_at=now(),
        return_reason="",
    )
    below = redlines.is_below_floor(project)
    record("project submitted", project, by=by, **({"pay_grounds": project.pay_grounds} if below else {}))
    deciders = (
        holders(Permission.REVIEW_PAY, except_for=[by])
        if below
        else [one for one in owner.people_of_board(project.board, Permission.APPROVE_PROJECT) if one != by]
    )
    notify_many(
        deciders,
        "project_pay_submitted" if below else "project_submitted",
        key=f"{project.pk}:{project.version}",
        url=reverse("approval", args=[project.pk]),
        number=project.number,
    )
    return project


def _ask_red_lines(project):
    red = redlines.broken(project, today())
    if red:
        rest = len(red) - 1
        raise Invalid(
            red[0].sentence,
            remedy=ngettext(
                "%(n)d more red line is open; see the list.",
                "%(n)d more red lines are open; see the list.",
                rest,
            )
            % {"n": rest}
            if rest
            else "",
            field=red[0].field,
            code="red_lines",
        )


@action
def approve_project(*, project, by, pay_review=""):
    """Approve a project somebody else handed in; the red lines are checked again.

    Pay under the floor is approved by the graduate school alone, with `pay_review`: why its grounds hold.
    """
    _ask_approver(by, project)
    project = owner.for_page(Project.objects.all()).get(pk=project.pk)
    review = {}
    if project.state == ProjectState.SUBMITTED:
        _ask_red_lines(project)
        if redlines.is_below_floor(project):
            review = _pay_review(project, by, pay_review.strip())
    _move(
        project,
        ProjectState.APPROVED,
        expected=(ProjectState.SUBMITTED,),
        approved_by=by,
        approved_at=now(),
        **review,
    )
    index_project(project)
    if review:
        words = {"percent": project.pay_reviewed_percent, "review": project.pay_review}
        record("project approved under the pay floor", project, by=by, **words)
    else:
        record("project approved", project, by=by)
    _tell_owners(project, "project_approved", url=project.get_absolute_url())
    return project


def _pay_review(project, by, words):
    if not rules.may_review_pay(by):
        raise Forbidden(
            _("The pay is under the floor, so the graduate school reviews the grounds and decides."),
            remedy=_("You can return the project for changes."),
        )
    if not words:
        raise Invalid(_("Write why the grounds are accepted; it stays with the project."), field="pay_review")
    return {
        "pay_review": words[:200],
        "pay_reviewed_by": by,
        "pay_reviewed_at": now(),
        "pay_reviewed_percent": redlines.pay_percent(project),
    }


@action
def return_project(*, project, by, reason):
    """Send a project back with what would have to change."""
    _ask_approver(by, project)
    if not reason.strip():
        raise Invalid(_("Write what would have to change."), field="reason")
    _move(
        project,
        ProjectState.RETURNED,
        expected=(ProjectState.SUBMITTED,),
        return_reason=reason.strip(),
    )
    record("project returned", project, by=by, reason=reason)
    _tell_owners(project, "project_returned", url=_edit_url(project))
    return project


def _ask_approver(by, project):
    if not rules.may_approve(by, project):
        raise Forbidden(_("Approving this project is for its board, the graduate school or the secretariat."))
    if rules.is_own_approval(by, project):
        raise Forbidden(
            _("You wrote or handed in this project, so someone else approves it."),
            remedy=_("The graduate school and the secretariat may."),
        )


@action
def change_wording(*, project, by, version=None, **texts):
    """Change texts after approval; each change is kept and told to all students who list the project."""
    _ask_writer(by, project)
    _ask_known(texts, rules.TEXTS)
    _ask_settled(project)
    empty = next((name for name in rules.NEVER_EMPTY if name in texts and not texts[name].strip()), None)
    if empty:
        raise Invalid(_("Students rely on this text, so it cannot be empty."), field=empty)
    return _change(project, by, texts, version, "wording", reason="")


@action
def amend_project(*, project, by, reason, version=None, **fields):
    """The graduate school changes terms after approval, with a reason; the red lines must still hold."""
    if not rules.may_amend(by, project):
        raise Forbidden(
            _("After approval only the wording can be changed here."),
            remedy=_("Anything else goes through the graduate school, with a reason."),
        )
    _ask_known(fields, rules.AMENDABLE)
    _ask_settled(project)
    if not reason.strip():
        raise Invalid(_("Write the reason; students who list the project will read it."), field="reason")
    _ask_bounds(fields)
    return _change(project, by, fields, version, "terms", reason=reason.strip())


def _ask_settled(project):
    if project.state not in rules.SETTLED:
        raise Refused(
            _("This project is “%(state)s”; this kind of change is for approved projects.")
            % {"state": project.get_state_display()},
            url=_edit_url(project),
            url_label=_("Open the project"),
        )


def _change(project, by, fields, version, what, *, reason):
    before = Project.objects.get(pk=project.pk)
    old = {name: _in_words(before, name) for name in fields}
    changed = _write(project, by, fields, version, states=rules.SETTLED)
    if not changed:
        return project
    project = owner.for_page(Project.objects.all()).get(pk=project.pk)
    if what == "terms":
        _ask_red_lines(project)
    elif (
        red := next((line for line in redlines.broken(project, today()) if line.key == "fees"), None)
    ) is not None:
        raise Invalid(red.sentence, field=changed[0])
    moment = now()
    ProjectChange.objects.bulk_create(
        ProjectChange(
            project=project,
            field=name,
            before=old[name],
            after=_in_words(project, name),
            reason=reason,
            by=by,
            at=moment,
        )
        for name in changed
    )
    index_project(project)
    record(f"project {what} changed", project, by=by, fields=changed, reason=reason)
    notify_many(
        owner.students_listing(project, _rounds(rules.LISTED_IN)),
        "project_changed",
        key=f"{project.pk}:{project.version}",
        url=project.get_absolute_url(),
        title=project.title,
    )
    return project


def _in_words(project, name):
    display = getattr(project, f"get_{name}_display", None)
    value = display() if display else getattr(project, name)
    return "" if value is None else str(value)


def _rounds(states):
    return MatchingRound.objects.filter(state__in=states)


@action
def withdraw_project(*, project, by, reason):
    """Take a project back: barred from its rounds at once, and all who list it are told the same day.

    Its demand stands answered again: another project can be drafted from it, or it is withdrawn too.
    """
    amends = rules.may_amend(by, project)
    if not amends:
        _ask_writer(by, project)
    matched = owner.matched_students(project)
    if (matched or project.state == ProjectState.MATCHED) and not amends:
        raise Refused(
            ngettext(
                "%(n)d student is matched; withdrawing needs the graduate school, which then finds "
                "the student another place.",
                "%(n)d students are matched; withdrawing needs the graduate school, which then finds "
                "them other places.",
                matched,
            )
            % {"n": matched},
            remedy=_("Tell the graduate school why."),
        )
    if not reason.strip():
        raise Invalid(_("Say in a sentence why; students who list the project will read it."), field="reason")
    held = RoundProject.objects.filter(project=project, withdrawn_at=None, round__state__in=rules.HELD_BY)
    if (round_project := held.select_related("round").first()) is not None:
        raise Refused(
            _(
                "“%(round)s” has its scores and is being computed or stands on public notice, so no "
                "project can leave it now."
            )
            % {"round": round_project.round},
            remedy=_("Wait until the result is final, then ask the graduate school."),
        )
    listing = list(owner.students_listing(project, _rounds(rules.LISTED_IN)))
    placed = owner.placed_users(project) if matched else []
    _move(project, ProjectState.WITHDRAWN, withdrawn_at=now(), withdraw_reason=reason.strip()[:200])
    for one in RoundProject.objects.filter(project=project, withdrawn_at=None, round__state__in=rules.LEAVES):
        withdraw_round_project(round_project=one, by=by, reason=project.withdraw_reason)
    record("project withdrawn", project, by=by, reason=reason)
    _free_demand(project, by)
    told = {one.pk: one for one in (*listing, *placed)}.values()
    notify_many(
        told,
        "project_withdrawn",
        key=str(project.pk),
        url=reverse("application"),
        title=project.title,
        reason=project.withdraw_reason,
    )
    return project


def _free_demand(project, by):
    freed = Demand.objects.filter(pk=project.demand_id, state=DemandState.DRAFTED).update(
        state=DemandState.RESPONDED, version=F("version") + 1
    )
    if not freed:
        return
    text = f"{project.number} {project.withdraw_reason}"
    DemandEntry.objects.create(
        demand=project.demand, kind="project_withdrawn", text=text, by=by, at=project.withdrawn_at
    )
    record("demand free for another project", project.demand, by=by, project=project.number)
    notify_many(
        [one for one in owner.owners_of(project) if one != by],
        "own_project_withdrawn",
        key=str(project.pk),
        url=project.demand.get_absolute_url(),
        number=project.number,
        reason=project.withdraw_reason,
    )


def _tell_owners(project, kind, *, url):
    notify_many(
        owner.owners_of(project),
        kind,
        key=f"{project.pk}:{project.version}",
        url=url,
        number=project.number,
    )


def _move(project, to, *, expected=None, **fields):
    """Move the project on if it still is where the caller saw it; a refusal in words when somebody
    was first.
    """
    allowed = [
        state
        for state, moves in PROJECT_MOVES.items()
        if to in moves and (expected is None or state in expected)
    ]
    changed = Project.objects.filter(pk=project.pk, state__in=allowed, version=project.version).update(
        state=to, version=F("version") + 1, **fields
    )
    project.refresh_from_db()
    if not changed:
        raise Refused(
            _("This project has been changed meanwhile and is now “%(state)s”; nothing was done.")
            % {"state": project.get_state_display()},
            remedy=_("Open it again and go on from there."),
            url=reverse("my_projects"),
            url_label=_("My projects"),
            code="state",
        )
