"""Everything that changes a student's list: the draft, and the versions handed in.

A draft edit rewrites the rows whole, so ranks are 1..n without gaps, and raises `revision` by one; the page that sent
it named the revision it had seen, so no device overwrites another in silence. Draft edits are the student's own notes
and leave no audit row; handing in, withdrawing and restoring do. The round's row is read under a shared lock: closing
waits for those already inside and turns away those after.
"""

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.audit import action, record
from consortium.notifications import notify
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from placements.enums import ApplicationState
from placements.models import (
    Application,
    ApplicationVersion,
    DraftChoice,
    MatchingRound,
    Preference,
    RoundProject,
)
from placements.queries.application import MyList, content, my_list
from placements.rules.application import (
    blockers,
    check_code,
    hour_and_minute,
    refuse_unless_open,
    row_blockers,
    takes_lists,
)
from placements.rules.eligibility import student_reasons
from placements.words import sentences

LONGEST_STATEMENT = 200


@action
def add_choice(*, student, round_project, by):
    """Put a project at the end of the draft. Refuses a full list and a project whose conditions the student misses.

    A project already listed stays where it is.
    """
    application = _draft(student, round_project.round, by)
    rows = _rows(application)
    if any(row[0] == round_project.pk for row in rows):
        return application
    project, most = round_project.project, round_project.round.max_preferences
    if len(rows) >= most:
        raise Refused(
            ngettext(
                "You can list at most %(most)d project.", "You can list at most %(most)d projects.", most
            )
            % {"most": most},
            remedy=_("Remove one first, then add “%(project)s”.") % {"project": project.name},
            code="full",
        )
    placed = [reason for reason in student_reasons(student) if reason.code == "placed"]
    row = DraftChoice(application=application, round_project=round_project, rank=len(rows) + 1)
    for reason in placed or row_blockers(student, row):
        raise Refused(
            sentences(_("You cannot list “%(project)s”.") % {"project": project.name}, reason.sentence),
            remedy=reason.remedy,
            url=reason.url,
            url_label=reason.url_label,
            code=reason.code,
            row=round_project,
        )
    return _write(application, [*rows, (round_project.pk, "")])


@action
def remove_choice(*, application, round_project, by, revision=None):
    """Take a project off the draft; one that is not there is no fault. Those behind move up."""
    application = _draft(application.student, application.round, by)
    rows = _rows(application)
    kept = [row for row in rows if row[0] != round_project.pk]
    if len(kept) == len(rows):
        return application
    _refuse_stale(application, revision)
    return _write(application, kept)


@action
def move_choice(*, application, round_project, to, by, revision=None):
    """Move a project to place `to` (from 1; beyond either end means that end). Refuses a list changed meanwhile."""
    application = _draft(application.student, application.round, by)
    _refuse_stale(application, revision)
    rows = _rows(application)
    at = next((place for place, row in enumerate(rows) if row[0] == round_project.pk), None)
    if at is None:
        raise Refused(
            _("“%(project)s” is not on your list any more.") % {"project": round_project.project.name},
            remedy=_("The list below is as it stands now."),
            code="gone",
        )
    to = max(1, min(to, len(rows))) - 1
    if to == at:
        return application
    rows.insert(to, rows.pop(at))
    return _write(application, rows)


@action
def replace_draft(*, application, codes, by, revision=None):
    """Set the whole order by the projects' codes in the round; statements stay with their projects.

    Refuses an unknown code, a code twice, more than the round allows, a list changed meanwhile.
    """
    application = _draft(application.student, application.round, by)
    _refuse_stale(application, revision)
    known = {
        row.code: row.pk
        for row in RoundProject.objects.filter(round=application.round, code__in=codes).order_by("pk")
    }
    if len(set(codes)) != len(codes) or set(codes) - set(known):
        raise Invalid(
            _("This order does not agree with the round’s projects."), remedy=_("Load the page again.")
        )
    if len(codes) > application.round.max_preferences:
        raise Refused(_("That is more than one list may hold."), remedy=_("Remove some first."), code="full")
    statements = dict(_rows(application))
    return _write(application, [(known[code], statements.get(known[code], "")) for code in codes])


@action
def set_statement(*, application, round_project, text, by, was=None):
    """Keep the short statement of a choice; `was` is the text the page had shown. Refuses one changed elsewhere."""
    application = _draft(application.student, application.round, by)
    text = " ".join(text.split())
    if len(text) > LONGEST_STATEMENT:
        raise Invalid(
            _("The statement has %(count)d characters; at most %(most)d fit.")
            % {"count": len(text), "most": LONGEST_STATEMENT},
            remedy=_("Shorten it; what you typed is kept."),
            field="statement",
        )
    choice = application.choices.filter(round_project=round_project).first()
    if choice is None:
        raise Refused(
            _("“%(project)s” is not on your list any more.") % {"project": round_project.project.name},
            remedy=_("The list below is as it stands now."),
            code="gone",
        )
    if was is not None and choice.statement not in (was, text):
        raise Stale(
            _("This statement was changed on another device: “%(text)s”.") % {"text": choice.statement},
            remedy=_("Choose what to keep, then save."),
            theirs=choice.statement,
        )
    DraftChoice.objects.filter(pk=choice.pk).update(statement=text)
    Application.objects.filter(pk=application.pk).update(saved_at=clock.now())
    return application


@action
def submit_application(*, student, round, by, form_key, revision=None):
    """Hand the draft in as the next version and return it; the same form key gives the same version.

    Refuses after closing by the database's clock (even a second late), an empty list, a list with a blocked choice,
    and a draft that another device changed or handed in meanwhile (Stale with `theirs`, the list as it stands).
    """
    _refuse_stranger(student, by)
    round = _shared(round)
    application = Application.objects.select_for_update().filter(student=student, round=round).first()
    if application is not None:
        done = application.versions.filter(form_key=form_key).first()
        if done is not None:
            return done
    mine = my_list(student, round) if application else MyList(round, student)
    arrived = clock.now()
    refuse_unless_open(mine.round, arrived, mine.latest)
    _refuse_stale(application, revision, mine)
    for blocker in blockers(mine):
        raise Refused(
            sentences(_("The list was not submitted."), blocker.sentence),
            remedy=blocker.remedy,
            url=blocker.url,
            url_label=blocker.url_label,
            code=blocker.code,
            row=blocker.row,
        )
    version = _hand_in(application, form_key, mine.rows, arrived)
    record("application.submitted", application, by=by, version=version.number, check_code=version.check_code)
    _send_receipt(version, "application_submitted")
    return version


@action
def withdraw_application(*, application, by, form_key):
    """Withdraw the list whole: a version without choices. The draft stays. Refuses after closing."""
    _refuse_stranger(application.student, by)
    round_ = _shared(application.round)
    application = Application.objects.select_for_update().get(pk=application.pk)
    done = application.versions.filter(form_key=form_key).first()
    if done is not None:
        return done
    mine = my_list(application.student, round_)
    arrived = clock.now()
    try:
        refuse_unless_open(mine.round, arrived, mine.latest)
    except Refused as refusal:
        raise Refused(
            sentences(_("After closing a list cannot be withdrawn."), refusal.sentence),
            remedy=_("If you do not want the place you are offered, you may decline it with a reason."),
            code=refusal.code,
        ) from None
    if mine.stands is None:
        raise Refused(
            _("There is no submitted list to withdraw."),
            remedy=_("A draft takes part in nothing."),
            code="nothing",
        )
    version = _hand_in(application, form_key, [], arrived)
    record("application.withdrawn", application, by=by, version=version.number, check_code=version.check_code)
    _send_receipt(version, "application_withdrawn")
    return version


@action
def discard_draft(*, application, by, revision=None):
    """Give up unsubmitted changes: the draft becomes the version that stands, or empty when none does."""
    application = _draft(application.student, application.round, by)
    _refuse_stale(application, revision)
    mine = my_list(application.student, application.round)
    rows = content(mine.handed_in) if mine.stands else []
    return _write(application, rows)


@action
def restore_version(*, version, by, revision=None):
    """Copy an earlier version into the draft. It counts only once it is handed in again."""
    application = _draft(version.application.student, version.application.round, by)
    _refuse_stale(application, revision)
    if version.withdrawal:
        raise Refused(_("A withdrawal holds no choices."), remedy=_("Restore another version."), code="empty")
    rows = [(row.round_project_id, row.statement) for row in version.preferences.order_by("rank")]
    record("application.restored", application, by=by, version=version.number)
    return _write(application, rows)


def _refuse_stranger(student, by):
    if by is None or student.user_id != by.pk:
        raise Forbidden(
            _("Only the student can change this list."), remedy=_("Sign in with the student’s own account.")
        )


def _draft(student, round_, by):
    """The student's application in the round, locked and open for changes; made on first use."""
    _refuse_stranger(student, by)
    round_ = _shared(round_)
    now = clock.now()
    application = Application.objects.select_for_update().filter(student=student, round=round_).first()
    if not takes_lists(round_, now):
        refuse_unless_open(round_, now, my_list(student, round_).latest)
    if application is None:
        Application.objects.bulk_create(
            [Application(student=student, round=round_, saved_at=now)], ignore_conflicts=True
        )
        application = Application.objects.select_for_update().get(student=student, round=round_)
    application.round, application.student = round_, student
    return application


def _shared(round_):
    """The round as it stands, its row locked against closing but not against other lists."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM placements_matchinground WHERE id = %s FOR SHARE", [round_.pk])
    return MatchingRound.objects.get(pk=round_.pk)


def _rows(application):
    """The draft as (round project id, statement) in order."""
    return list(application.choices.order_by("rank").values_list("round_project_id", "statement"))


def _write(application, rows):
    """Replace the draft's rows and raise its revision by exactly one."""
    moved = Application.objects.filter(pk=application.pk, revision=application.revision).update(
        revision=application.revision + 1, saved_at=clock.now()
    )
    if not moved:
        _refuse_stale(application, -1)
    application.choices.all().delete()
    DraftChoice.objects.bulk_create(
        DraftChoice(application=application, round_project_id=key, rank=rank, statement=statement)
        for rank, (key, statement) in enumerate(rows, start=1)
    )
    application.revision += 1
    return application


def _refuse_stale(application, revision, mine=None):
    if revision is None or application is None or application.revision == revision:
        return
    mine = mine or my_list(application.student, application.round)
    stands = mine.latest
    if stands and application.submitted_revision == application.revision:
        sentence = _("You submitted version %(number)d on another device at %(at)s.") % {
            "number": stands.number,
            "at": hour_and_minute(stands.submitted_at),
        }
    else:
        sentence = _("Your list was changed on another device or in another window meanwhile.")
    raise Stale(
        sentence, remedy=_("Both are shown below; choose which shall stand."), theirs=mine, code="stale"
    )


def _hand_in(application, form_key, rows, arrived):
    """Store the next version with its choices under the lock of the application's row.

    `arrived` is the very moment that was held against the closing time: a second reading could lie behind it.
    """
    number = application.last_version + 1
    version = ApplicationVersion(
        application=application,
        number=number,
        submitted_at=arrived,
        form_key=form_key,
        withdrawal=not rows,
    )
    version.check_code = check_code(version, [row.round_project.code for row in rows])
    version.save(force_insert=True)
    Preference.objects.bulk_create(
        Preference(
            version=version, round_project_id=row.round_project_id, rank=row.rank, statement=row.statement
        )
        for row in rows
    )
    state = ApplicationState.SUBMITTED if rows else ApplicationState.WITHDRAWN
    moved = Application.objects.filter(
        pk=application.pk, last_version=number - 1, state__in=OPEN_STATES
    ).update(
        last_version=number,
        state=state,
        revision=application.revision + 1,
        submitted_revision=application.revision + 1,
        saved_at=version.submitted_at,
    )
    if not moved:
        raise Refused(_("This list is locked."), remedy=_("Load the page to see what stands."), code="locked")
    return version


OPEN_STATES = (ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN)


def _send_receipt(version, kind):
    application = version.application
    notify(
        application.student.user,
        kind,
        key=f"{application.pk}:{version.number}",
        url=f"/receipts/{version.pk}/",
        round=application.round.name,
        number=version.number,
        at=version.submitted_at,
        closes=application.round.closes_at,
        check_code=version.check_code,
    )
