"""Supervision logs: drafted, signed once, confirmed or contested by the student, corrected only by an amendment."""

import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consortium import clock, form_keys, policy
from consortium.audit import action, record
from consortium.clock import SHANGHAI
from consortium.files import store_upload
from consortium.models import User
from consortium.notifications import notify
from consortium.reach import holders, names
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from consortium.roles import Permission
from consortium.templatetags.portal import day_text, moment_text
from consortium.working_calendar import after_working_days
from mentors.enums import COUNTED_AS_JOINT, STANDING, TO_COSIGN, CosignState, LogKind, LogState
from mentors.models import LogDraft, LogLink, Mentorship, SupervisionLog
from mentors.models.log import MINUTES
from mentors.queries import log as queries
from mentors.rules import log as rules

# What a draft holds, as it was typed.
DRAFTED = ("when", "day", "kind", "length", "minutes", "text", "private", "again", "students")
LONGEST_DRAFT = 20_000


@action
def save_draft(*, mentorship, by, values, revision=None, form_key="", link=None):
    """Keep what a mentor has typed, whatever it is, and return the draft; nobody else reads it.

    `mentorship` None: a joint meeting. `revision`: of the draft the page began from, 0 when there was none; another
    page that saved, signed or dropped it meanwhile is not overwritten (409). Without one it is written as it is.
    `form_key`: of the form; what arrives after that form has signed is not kept (409). `link`: typed behind the link of
    a mail, which leaves a draft of the own account as it is. No audit row: nothing has been done yet.
    """
    if mentorship is not None:
        _must_guide(by, mentorship)
    values = _draftable(values)
    if len(str(values)) > LONGEST_DRAFT:
        raise Invalid(_("This is too long to keep as a draft."), remedy=_("Shorten the text."), field="text")
    hold(by)
    if form_keys.was_used(by, form_key) or (link is not None and _has_signed(link)):
        raise Stale(
            _("This form has been signed already; nothing of it waits to be kept."),
            remedy=_("Open the form again for another log."),
            code="stale",
        )
    if link is not None:
        values |= {"link": link.pk}
    now, draft = clock.now(), queries.draft_of(by, mentorship)
    if link is not None and draft is not None and not typed_behind(link, draft):
        return draft
    if draft is None and not revision:
        return LogDraft.objects.create(mentorship=mentorship, author=by, values=values, saved_at=now)
    if draft is None or revision not in (None, draft.revision):
        raise _other_page(draft)
    draft.values, draft.saved_at, draft.revision = values, now, draft.revision + 1
    draft.save(update_fields=["values", "saved_at", "revision"])
    return draft


def _draftable(values):
    """The fields of the form that were filled in, without what no database keeps."""
    return {
        name: text.replace("\x00", "") if isinstance(text, str) else text
        for name, text in values.items()
        if text and (name in DRAFTED or name.startswith("line-"))
    }


def _has_signed(link):
    return not LogLink.objects.filter(pk=link.pk, used_at=None).exists()


def typed_behind(link, draft):
    """Whether a draft was typed behind this link, not in the mentor's own account."""
    return draft.values.get("link") == link.pk


def _other_page(draft):
    if draft is None:
        sentence = _("This draft was signed or taken off on another page.")
    else:
        sentence = _("This draft was changed on another page at %(moment)s.") % {
            "moment": moment_text(draft.saved_at)
        }
    return Stale(
        sentence,
        remedy=_("Open the form again to go on from there; what you typed here is kept on this device."),
        theirs=draft,
        code="stale",
    )


@action
def keep_file(*, mentorship, by, upload, form_key="", link=None):
    """Keep a chosen file with the draft, or with the link it came by, so that no other fault of the form loses it.

    Refuses size and kind. What arrives after the form has signed is kept nowhere: it would hang on the next log.
    """
    _must_guide(by, mentorship)
    hold(by)
    if form_keys.was_used(by, form_key):
        return
    stored = store_upload(upload, by=by)
    if link is not None:
        LogLink.objects.filter(pk=link.pk, used_at=None).update(file=stored)
        return
    draft, _made = LogDraft.objects.get_or_create(
        mentorship=mentorship, author=by, defaults={"saved_at": clock.now()}
    )
    LogDraft.objects.filter(pk=draft.pk).update(file=stored)


@action
def drop_file(*, mentorship, by, link=None):
    """Take the file off the draft, or off the link it came by."""
    if link is not None:
        LogLink.objects.filter(pk=link.pk, used_at=None).update(file=None)
    else:
        LogDraft.objects.filter(mentorship=mentorship, author=by).update(file=None)


@action
def sign_log(*, mentorship, by, kind, day, minutes, text, private="", file=None, again=False, link=None):
    """Sign one log and return it; the student is asked to confirm, and the other mentor too if it was joint.

    `again`: another one of the same day is meant. `file`: a stored file. The draft is gone afterwards; behind a `link`
    that of the own account stays. Refuses somebody who does not guide the student, a future day, one outside the
    interval or the term, one past the late limit that is not reopened, minutes out of bounds, an empty text, a second
    one of the same day. The mentorship is locked: of two presses at once the second sees the first.
    """
    _must_guide(by, mentorship)
    text, private = checked_text(text), private.strip()[: rules.LONGEST_PRIVATE]
    check_minutes(minutes)
    (mentorship,) = hold(by, [mentorship])
    side = _must_guide(by, mentorship)
    mentor = rules.mentor_on(mentorship, side)
    check_day(mentorship, mentor, day)
    reopening = _in_time(mentorship, mentor, day)
    if not again:
        _refuse_same_day(mentorship, mentor, day)
    joint = kind == LogKind.JOINT
    log = _create(
        mentorship=mentorship,
        side=side,
        mentor=mentor,
        kind=kind,
        day=day,
        minutes=minutes,
        text=text,
        private=private,
        file=file,
        group=uuid.uuid4().hex if joint else "",
        cosigner=rules.other_mentor(mentorship, side) if joint else None,
        cosign=CosignState.ASKED if joint else "",
        reopening=reopening,
        signed_by=by,
    )
    draft = queries.draft_of(by, mentorship)
    if draft is not None and (link is None or typed_behind(link, draft)):
        draft.delete()
    _signed(log, by)
    return log


@action
def sign_joint(*, mentorships, by, day, minutes, text, lines, again=False):
    """Sign one joint meeting for several students: the text they share, a line for each. Returns the logs.

    `lines`: {mentorship: text}. Each student's other mentor is asked to sign too. Refuses the whole of it where one
    student's day cannot be signed or has a log already and not `again`, and names that student. The mentorships are
    locked in the order of their numbers.
    """
    if not mentorships:
        raise Invalid(_("Choose at least one student."), remedy=_("Tick who took part."), field="students")
    text = checked_text(text)
    check_minutes(minutes)
    for mentorship in mentorships:
        _must_guide(by, mentorship)
    group, logs = uuid.uuid4().hex, []
    for mentorship in hold(by, mentorships):
        side = _must_guide(by, mentorship)
        mentor = rules.mentor_on(mentorship, side)
        try:
            check_day(mentorship, mentor, day)
            reopening = _in_time(mentorship, mentor, day)
            if not again:
                _refuse_same_day(mentorship, mentor, day)
        except Refused as refusal:
            raise _of_student(mentorship, refusal) from None
        logs.append(
            _create(
                mentorship=mentorship,
                side=side,
                mentor=mentor,
                kind=LogKind.JOINT,
                day=day,
                minutes=minutes,
                text=text,
                line=lines.get(mentorship.pk, "").strip()[: rules.LONGEST_LINE],
                group=group,
                cosigner=rules.other_mentor(mentorship, side),
                cosign=CosignState.ASKED,
                reopening=reopening,
                signed_by=by,
            )
        )
    LogDraft.objects.filter(mentorship=None, author=by).delete()
    for log in logs:
        _signed(log, by)
    return logs


def hold(by, mentorships=()):
    """Lock the mentor, then these mentorships in the order of their numbers; returns them as they are now.

    Whatever asks first and writes afterwards begins with it: a draft and the signature that ends it, two signatures of
    one day, a signature and the end of the mentorship.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    rows = Mentorship.objects.select_related("student__user", "academic__user", "industry__user")
    return list(
        rows.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[one.pk for one in mentorships])
        .order_by("pk")
    )


def _of_student(mentorship, refusal):
    """The same refusal with the student's name before it."""
    return type(refusal)(
        _("%(student)s: %(why)s") % {"student": mentorship.student.user, "why": refusal.sentence},
        remedy=refusal.remedy,
        url=refusal.url,
        url_label=refusal.url_label,
        field="day",
        code=refusal.code,
    )


@action
def confirm_log(*, log, by):
    """The student says that it was so; from now on it counts."""
    if by.pk != log.mentorship.student.user_id:
        raise Forbidden(
            _("Only the student confirms a log."), remedy=_("Sign in with the student’s own account.")
        )
    now = clock.now()
    moved = SupervisionLog.objects.filter(pk=log.pk, state__in=(LogState.SIGNED, LogState.DIFFERS)).update(
        state=LogState.CONFIRMED, answered_at=now
    )
    log.refresh_from_db()
    if not moved:
        raise _settled(log)
    record("log confirmed", log, by=by)
    return log


@action
def contest_log(*, log, by, answer):
    """The student says in a sentence what differs; the mentor is asked to amend, after some days the office is told."""
    if by.pk != log.mentorship.student.user_id:
        raise Forbidden(
            _("Only the student says what differs."), remedy=_("Sign in with the student’s own account.")
        )
    answer = answer.strip()
    if not answer or len(answer) > rules.LONGEST_ANSWER:
        raise Invalid(
            _("Write in one sentence what differs."),
            remedy=_("At most %(most)d characters; both mentors read it, and later the graduate school.")
            % {"most": rules.LONGEST_ANSWER},
            field="answer",
        )
    moved = SupervisionLog.objects.filter(pk=log.pk, state=LogState.SIGNED).update(
        state=LogState.DIFFERS, answer=answer, answered_at=clock.now()
    )
    log.refresh_from_db()
    if not moved:
        raise _settled(log)
    record("log contested", log, by=by)
    notify(
        log.mentor.user,
        "log_differs",
        key=str(log.pk),
        url=log.get_absolute_url(),
        day=log.day.isoformat(),
        answer=answer,
    )
    return log


@action
def amend_log(*, log, by, kind, day, minutes, text, reason):
    """Correct a signed log by one that follows it; both stay readable, and the count of the month stays as it is.

    The former one gives way by a conditional update, so that of two corrections at once one is refused. Another day
    must lie in the same month, not after the first signature, and have been in time then or be reopened. A joint
    meeting that both had signed goes on counting while the other mentor reads it again.
    """
    if by.pk != log.signed_by_id:
        raise not_yours_to_amend(log)
    text, reason = checked_text(text), reason.strip()
    if not reason or len(reason) > rules.LONGEST_REASON:
        raise Invalid(
            _("Say in one sentence why the log is amended."),
            remedy=_("At most %(most)d characters; whoever reads the log reads it.")
            % {"most": rules.LONGEST_REASON},
            field="reason",
        )
    check_minutes(minutes)
    log = SupervisionLog.objects.select_for_update().get(pk=log.pk)
    if log.state not in STANDING:
        raise amended_already(log)
    if (kind, day, minutes, text) == (log.kind, log.day, log.minutes, log.text):
        raise Invalid(
            _("Nothing differs from the signed log."), remedy=_("Change what was wrong."), field="text"
        )
    reopening = _in_time_for_amendment(log, day)
    moved = SupervisionLog.objects.filter(pk=log.pk, state__in=STANDING).update(state=LogState.AMENDED)
    if not moved:
        raise amended_already(log)
    joint = kind == LogKind.JOINT
    try:
        with transaction.atomic():
            following = _create(
                mentorship=log.mentorship,
                side=log.side,
                mentor=log.mentor,
                kind=kind,
                day=day,
                minutes=minutes,
                text=text,
                line=log.line if joint else "",
                private=log.private,
                file=log.file,
                group=(log.group or uuid.uuid4().hex) if joint else "",
                cosigner=rules.other_mentor(log.mentorship, log.side) if joint else None,
                cosign=_asked_again(log) if joint else "",
                reopening=reopening,
                signed_by=by,
                amends=log,
                reason=reason,
            )
    except IntegrityError:
        raise amended_already(log) from None
    record("log amended", following, by=by, amends=log.pk, reason=reason)
    _tell(following, "log_amended")
    return following


@action
def cosign_log(*, log, by):
    """The other mentor signs a joint meeting; it counts as one from now on."""
    _answer_cosign(log, by, CosignState.SIGNED, "")
    record("log cosigned", log, by=by)
    return log


@action
def refuse_cosign(*, log, by, note):
    """The other mentor does not sign, and says why; whoever signed first is asked to amend."""
    note = note.strip()
    if not note or len(note) > rules.LONGEST_REASON:
        raise Invalid(
            _("Say in one sentence why you do not sign."),
            remedy=_("At most %(most)d characters; the mentor who signed first reads it.")
            % {"most": rules.LONGEST_REASON},
            field="note",
        )
    _answer_cosign(log, by, CosignState.REFUSED, note)
    record("log not cosigned", log, by=by)
    notify(
        log.mentor.user,
        "log_not_cosigned",
        key=str(log.pk),
        url=log.get_absolute_url(),
        day=log.day.isoformat(),
        note=note,
    )
    return log


@action
def tell_of_differences(*, now=None):
    """Tell the office once of every log whose two accounts still differ after the days set. Returns how many."""
    now = now or clock.now()
    days, told = policy.value("log_differs_days"), 0
    for log in queries.still_differing():
        if after_working_days(log.answered_at, days) > now:
            continue
        moved = SupervisionLog.objects.filter(pk=log.pk, state=LogState.DIFFERS, escalated_at=None).update(
            escalated_at=now
        )
        if not moved:
            continue
        told += 1
        record("office told of a log that differs", log, by=None)
        for person in holders(Permission.OVERSEE_SUPERVISION):
            notify(person, "log_still_differs", key=str(log.pk), url=log.get_absolute_url(), days=days)
    return told


def checked_text(text):
    """The one sentence, refused when it says nothing or is far too long."""
    text = text.strip()
    if len("".join(text.split())) < rules.LEAST_TEXT:
        raise Invalid(
            _("Write one sentence: what was solved, or what comes next."),
            remedy=_("At least %(least)d characters.") % {"least": rules.LEAST_TEXT},
            field="text",
        )
    if len(text) > rules.LONGEST_TEXT:
        raise Invalid(
            _("The text has %(count)d characters; at most %(most)d fit.")
            % {"count": len(text), "most": rules.LONGEST_TEXT},
            remedy=_("Shorten it; what you typed is kept."),
            field="text",
        )
    return text


def check_minutes(minutes):
    """Refuse a length that no meeting has."""
    least, most = MINUTES
    if not least <= minutes <= most:
        raise Invalid(
            _("%(n)d minutes cannot be right.") % {"n": minutes},
            remedy=_("Enter %(least)d to %(most)d minutes.") % {"least": least, "most": most},
            field="minutes",
        )


def check_day(mentorship, mentor, day):
    """Refuse a day in the future, outside the student's stay, or past the mentor's own term."""
    today = clock.today()
    if day > today:
        raise Invalid(
            _("The date cannot be after today (%(today)s).") % {"today": day_text(today)},
            remedy=_("A meeting that is still to come goes into the calendar instead."),
            field="day",
            code="future",
        )
    last = term_end_of(mentor)
    if day > last:
        raise Refused(
            _("Your appointment as mentor ended on %(day)s, so later days cannot be signed.")
            % {"day": day_text(last)},
            remedy=_("Logs for days up to then can still be added. To renew, contact %(owner)s.")
            % {"owner": names(holders(Permission.APPROVE_MENTOR))},
            field="day",
            code="term",
        )
    followed = getattr(mentorship, "followed_by", None)
    if day > mentorship.last_day and followed is not None and followed.since <= today:
        successor = rules.mentor_on(followed, rules.side_of(mentor.user, mentorship))
        raise Refused(
            _("Since %(day)s this student is guided by %(mentor)s.")
            % {"day": day_text(followed.since), "mentor": successor.user},
            remedy=_("You can read what was recorded before, and add logs for days up to %(day)s.")
            % {"day": day_text(mentorship.last_day)},
            field="day",
            code="interval",
        )
    if not mentorship.since <= day <= mentorship.last_day:
        raise Invalid(
            _("This student’s stay runs from %(since)s to %(until)s; the date is outside it.")
            % {"since": day_text(mentorship.since), "until": day_text(mentorship.last_day)},
            remedy=_("Choose a day within."),
            field="day",
            code="interval",
        )


def term_end_of(mentor):
    """The last day that an appointment covers: of its term, or the day on which it was ended before."""
    return min(mentor.last_day, mentor.until)


def _must_guide(by, mentorship):
    side = rules.side_of(by, mentorship)
    if side is None:
        raise Forbidden(
            _("Only this student’s two mentors sign logs."),
            remedy=_("You can read them; to guide the student, ask %(names)s.")
            % {"names": names(holders(Permission.RECORD_STUDENT))},
        )
    return side


def _in_time(mentorship, mentor, day):
    """The reopening that lets a late day through, or None for a day in time."""
    today = clock.today()
    if day >= rules.earliest(today):
        return None
    opened = queries.usable_reopening(mentor, mentorship, day, today)
    if opened is None:
        raise _late(_("Your draft is kept. Say why it is late and ask below."))
    return opened


def _in_time_for_amendment(log, day):
    """Refuse a day to which an amendment may not move a log; the reopening that lets a late one through, or None."""
    if day == log.day:
        return None  # it could be signed, and it stays
    signed_on = clock.day_of(queries.chain_of(log)[0].signed_at)
    if day > signed_on:
        raise Invalid(
            _("The log was first signed on %(day)s; its meeting cannot lie after that.")
            % {"day": day_text(signed_on)},
            remedy=_("A later meeting has a log of its own."),
            field="day",
            code="future",
        )
    if (day.year, day.month) != (log.day.year, log.day.month):
        raise Invalid(
            _("An amendment stays in its month: the log of %(day)s counts there.")
            % {"day": day_text(log.day)},
            remedy=_("A meeting of another month has a log of its own."),
            field="day",
            code="month",
        )
    check_day(log.mentorship, log.mentor, day)
    if day >= rules.earliest(signed_on):
        return None
    opened = queries.usable_reopening(log.mentor, log.mentorship, day, clock.today())
    if opened is None:
        raise _late(
            _("Keep the day of the signed log, or record that day anew: the form lets you ask for reopening.")
        )
    return opened


def _late(remedy):
    return Refused(
        _("A log more than %(days)d days late must be reopened by the graduate school.")
        % {"days": policy.value("log_late_days")},
        remedy=remedy,
        field="day",
        code="late",
    )


def _asked_again(log):
    """How the amended text asks for the second signature: whether both had signed the one before."""
    return CosignState.AGAIN if log.cosign in COUNTED_AS_JOINT else CosignState.ASKED


def _refuse_same_day(mentorship, mentor, day):
    earlier = queries.of_day(mentor, mentorship, day)
    if earlier is not None:
        raise Refused(
            _("You already logged a meeting with %(student)s on %(day)s.")
            % {"student": mentorship.student.user, "day": day_text(day)},
            remedy=_("Add to that one by an amendment, or tick “another meeting of the same day”."),
            url=earlier.get_absolute_url(),
            url_label=_("Open that log"),
            field="day",
            code="same",
        )


def _create(**values):
    return SupervisionLog.objects.create(signed_at=clock.now(), **values)


def _signed(log, by):
    record(
        "log signed",
        log,
        by=by,
        student=log.mentorship.student.number,
        kind=str(log.kind),
        day=log.day.isoformat(),
        minutes=log.minutes,
    )
    _tell(log, "log_signed")


def _tell(log, kind):
    """Ask the student to confirm, and the other mentor to sign where it was joint."""
    day = log.day.isoformat()
    notify(log.mentorship.student.user, kind, key=str(log.pk), url=log.get_absolute_url(), day=day)
    if log.cosign in TO_COSIGN:
        notify(log.cosigner.user, "log_to_cosign", key=str(log.pk), url=log.get_absolute_url(), day=day)


def _answer_cosign(log, by, state, note):
    if log.cosigner is None or by.pk != log.cosigner.user_id:
        raise Forbidden(
            _("Only the other mentor of a joint meeting signs it too."),
            remedy=_("You can read it here."),
        )
    moved = (
        SupervisionLog.objects.filter(pk=log.pk, cosign__in=TO_COSIGN)
        .exclude(state=LogState.AMENDED)
        .update(cosign=state, cosign_note=note, cosigned_at=clock.now())
    )
    log.refresh_from_db()
    if not moved:
        raise Refused(
            _("This joint meeting no longer waits for your signature."),
            remedy=_("The page shows how it stands now."),
            url=log.get_absolute_url(),
            url_label=_("Open the log"),
            code="state",
        )


def _settled(log):
    if log.state == LogState.AMENDED:
        return amended_already(log)
    return Refused(
        _("You answered this log already, on %(moment)s.")
        % {"moment": moment_text(log.answered_at.astimezone(SHANGHAI))},
        remedy=_("The page shows how it stands now."),
        url=log.get_absolute_url(),
        url_label=_("Open the log"),
        code="state",
    )


def not_yours_to_amend(log):
    """The refusal for anybody but the mentor who signed."""
    return Forbidden(
        _("Only %(mentor)s, who signed this log, amends it.") % {"mentor": log.mentor.user},
        remedy=_("Tell the mentor what should be said otherwise."),
    )


def amended_already(log):
    """The refusal of whatever comes too late: it leads to the text that stands."""
    return Refused(
        _("This log has been amended already."),
        remedy=_("Go on from the text that stands now."),
        url=queries.chain_of(log)[-1].get_absolute_url(),
        url_label=_("Open the text that stands"),
        code="amended",
    )
