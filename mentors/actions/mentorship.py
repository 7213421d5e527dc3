"""Mentorships: begun for an accepted place or by hand, changed in a mentor with a handover, ended with a reason."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.audit import action, record
from consortium.notifications import notify, notify_many
from consortium.reach import holders, names
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from consortium.templatetags.portal import day_text
from mentors.actions.meeting import settle_meetings
from mentors.enums import INDUSTRY_KINDS, AppointmentKind, AppointmentState, MentorshipState
from mentors.models import Appointment, Mentorship, SupervisionLog
from mentors.queries.mentorship import loads
from mentors.rules.mentorship import can_keep, is_running

LONGEST_REASON, LONGEST_NOTE = 200, 1000


@action
def start_mentorship(*, student, academic, industry, topic, since, until, by, reason=""):
    """Begin a mentorship and return it; student and both mentors are told. `by` without `reason`: an accepted place.

    Refuses a person who may not do it by hand, a student who is guided already, a mentor of the other side, one
    person for two parts, a mentor out of office on the first day, or with as many students as the appointment allows.
    """
    if by.pk != student.user_id:
        _must_keep(by)
        reason = _sentence(reason, "reason", _("Say in one sentence why it is begun by hand."))
    if since > until:
        raise Invalid(
            _("The last day lies before the first."),
            remedy=_("Enter a last day after the first."),
            field="until",
            code="interval",
        )
    academic, industry = _locked(academic, industry)
    _refuse_wrong_side(academic, industry)
    _refuse_one_for_two(student, academic, industry)
    _close_what_is_over(student)
    _refuse_guided(student)
    for mentor, field in ((academic, "academic"), (industry, "industry")):
        _refuse_unable(mentor, since, field)
    mentorship = _saved(
        student=student,
        academic=academic,
        industry=industry,
        topic=topic,
        since=since,
        until=until,
        reason=reason,
        started_by=by,
        started_at=clock.now(),
    )
    record(
        "mentorship begun", mentorship, by=by, **_facts(mentorship), **({"reason": reason} if reason else {})
    )
    notify_many(
        (student.user, academic.user, industry.user),
        "mentorship_begun",
        key=str(mentorship.pk),
        url=mentorship.get_absolute_url(),
        day=since.isoformat(),
    )
    return mentorship


@action
def change_mentors(*, mentorship, academic, industry, since, by, reason, handover):
    """End a mentorship the day before `since` and begin the one that follows it; returns the new one.

    The mentors who leave keep reading the former one, and nothing after it. Refuses what `start_mentorship` refuses
    of the mentors who are new, a day outside the interval or not after every signed log, no change at all, and a change
    without reason and note. Meetings planned from then on go on with who stays and are called off with who leaves.
    """
    _must_keep(by)
    reason = _sentence(reason, "reason", _("Say in one sentence why the mentor changes."))
    handover = handover.strip()
    if not handover:
        raise Invalid(
            _("Write what the new mentor must know: where the work stands, what comes next."),
            remedy=_("The mentors who take over and the office read it."),
            field="handover",
        )
    academic, industry = _locked(academic, industry)
    mentorship = Mentorship.objects.select_for_update().get(pk=mentorship.pk)
    if not is_running(mentorship, clock.today()):
        raise _over()
    _refuse_wrong_side(academic, industry)
    if (academic.pk, industry.pk) == (mentorship.academic_id, mentorship.industry_id):
        raise Invalid(
            _("Both mentors stay the same."), remedy=_("Choose another mentor on one side."), field="academic"
        )
    if not mentorship.since < since <= mentorship.until:
        raise Invalid(
            _("The change must fall between %(since)s and %(until)s.")
            % {"since": day_text(mentorship.since + timedelta(days=1)), "until": day_text(mentorship.until)},
            remedy=_("Enter the first day of the new mentor."),
            field="since",
        )
    _refuse_one_for_two(mentorship.student, academic, industry)
    _refuse_signed_from(mentorship, since)
    for mentor, field in ((academic, "academic"), (industry, "industry")):
        if mentor.pk not in (mentorship.academic_id, mentorship.industry_id):
            _refuse_unable(mentor, since, field)
    _end(mentorship, since - timedelta(days=1), reason)
    following = _saved(
        student=mentorship.student,
        academic=academic,
        industry=industry,
        topic=mentorship.topic,
        since=since,
        until=mentorship.until,
        reason=reason,
        follows=mentorship,
        handover=handover,
        started_by=by,
        started_at=clock.now(),
    )
    settle_meetings(mentorship, since=since, by=by, following=following)
    record("mentor changed", following, by=by, reason=reason, follows=mentorship.pk, **_facts(following))
    for person in _people(mentorship, following):
        row = mentorship if person.pk in _leaving(mentorship, following) else following
        notify(
            person,
            "mentor_changed",
            key=str(following.pk),
            url=row.get_absolute_url(),
            day=since.isoformat(),
            reason=reason,
        )
    return following


@action
def end_mentorship(*, mentorship, by, reason):
    """End a mentorship today, with a reason that student and mentors read; meetings planned for later are called off."""
    _must_keep(by)
    reason = _sentence(reason, "reason", _("Say in one sentence why the mentorship ends."))
    mentorship = Mentorship.objects.select_for_update().get(pk=mentorship.pk)
    if not is_running(mentorship, clock.today()):
        raise _over()
    _end(mentorship, max(clock.today(), mentorship.since), reason)
    settle_meetings(mentorship, since=mentorship.ended_on + timedelta(days=1), by=by)
    record("mentorship ended", mentorship, by=by, reason=reason, on=mentorship.ended_on.isoformat())
    notify_many(
        _people(mentorship),
        "mentorship_ended",
        key=str(mentorship.pk),
        url=mentorship.get_absolute_url(),
        reason=reason,
    )
    return mentorship


def _locked(academic, industry):
    """Both appointments, locked in one order: two assignments to one mentor wait for each other."""
    rows = Appointment.objects.select_for_update().filter(pk__in=[academic.pk, industry.pk]).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[academic.pk], found[industry.pk]


def _refuse_wrong_side(academic, industry):
    for mentor, kinds, field in (
        (academic, (AppointmentKind.ACADEMIC,), "academic"),
        (industry, INDUSTRY_KINDS, "industry"),
    ):
        if mentor.kind not in kinds:
            raise Invalid(
                _("%(mentor)s is appointed for the other side.") % {"mentor": mentor.user},
                remedy=_("Choose one academic and one industry mentor."),
                field=field,
                code="side",
            )


def _refuse_one_for_two(student, academic, industry):
    """Student, academic and industry mentor are three persons, whatever appointments one of them holds."""
    for mentor, others, field in (
        (academic, {student.user_id}, "academic"),
        (industry, {student.user_id, academic.user_id}, "industry"),
    ):
        if mentor.user_id in others:
            raise Invalid(
                _(
                    "%(person)s cannot have two parts: student, academic and industry mentor are three persons."
                )
                % {"person": mentor.user},
                remedy=_("Choose another mentor."),
                field=field,
                code="persons",
            )


def _refuse_signed_from(mentorship, since):
    """What was signed stays inside the interval of its mentorship."""
    newest = SupervisionLog.objects.standing().filter(mentorship=mentorship).aggregate(day=Max("day"))["day"]
    if newest is not None and newest >= since:
        raise Refused(
            _("A log of %(day)s is signed already, so the mentor cannot change before that.")
            % {"day": day_text(newest)},
            remedy=_("Enter a first day after it, or have that log amended first."),
            field="since",
            code="signed",
        )


def _refuse_unable(mentor, since, field):
    if not (mentor.state == AppointmentState.ACTIVE and mentor.since <= since <= mentor.until):
        raise Refused(
            _("The appointment of %(mentor)s does not hold on %(day)s.")
            % {"mentor": mentor.user, "day": day_text(since)},
            remedy=_("Choose another mentor, or record a new term first."),
            field=field,
            code="term",
        )
    guided = loads([mentor])[mentor.pk]
    if guided >= mentor.capacity:
        raise Refused(
            ngettext(
                "%(mentor)s may guide %(most)d student and guides %(n)d.",
                "%(mentor)s may guide %(most)d students and guides %(n)d.",
                mentor.capacity,
            )
            % {"mentor": mentor.user, "most": mentor.capacity, "n": guided},
            remedy=_("Choose another mentor, or let the graduate school raise the limit first."),
            url=mentor.get_absolute_url(),
            url_label=_("Open the appointment"),
            field=field,
            code="full",
        )


def _close_what_is_over(student):
    """An interval that has passed is ended with its own last day, so that another may begin."""
    for row in Mentorship.objects.filter(
        student=student, state=MentorshipState.ACTIVE, until__lt=clock.today()
    ):
        _end(row, row.until, _("The interval was over."))


def _refuse_guided(student):
    running = Mentorship.objects.filter(student=student, state=MentorshipState.ACTIVE).first()
    if running is not None:
        raise _guided(running)


def _guided(running):
    return Refused(
        _("%(student)s is guided already, until %(until)s.")
        % {"student": running.student.user, "until": day_text(running.until)},
        remedy=_("Change a mentor there instead."),
        url=running.get_absolute_url(),
        url_label=_("Open the mentorship"),
        field="student",
        code="guided",
    )


def _saved(**values):
    try:
        with transaction.atomic():
            return Mentorship.objects.create(**values)
    except IntegrityError:
        running = Mentorship.objects.filter(student=values["student"], state=MentorshipState.ACTIVE).first()
        if running is None:
            raise
        raise _guided(running) from None


def _end(mentorship, on, reason):
    """One conditional update; the caller holds the row."""
    Mentorship.objects.filter(pk=mentorship.pk, state=MentorshipState.ACTIVE).update(
        state=MentorshipState.ENDED, ended_on=on, end_reason=reason
    )
    mentorship.state, mentorship.ended_on, mentorship.end_reason = MentorshipState.ENDED, on, reason


def _sentence(text, field, wanted):
    text = text.strip()
    if not text or len(text) > LONGEST_REASON:
        raise Invalid(
            wanted,
            remedy=_("At most %(most)d characters; student and mentors read it.") % {"most": LONGEST_REASON},
            field=field,
        )
    return text


def _must_keep(by):
    if not can_keep(by):
        raise Forbidden(
            _("Your role does not assign mentors."),
            remedy=_("Ask the graduate school: %(names)s.")
            % {"names": names(holders(Permission.RECORD_STUDENT))},
        )


def _over():
    return Refused(
        _("This mentorship has ended already."), remedy=_("Begin a new one for the student."), code="state"
    )


def _facts(mentorship):
    return {
        "academic": mentorship.academic.user.get_full_name(),
        "industry": mentorship.industry.user.get_full_name(),
        "since": mentorship.since.isoformat(),
        "until": mentorship.until.isoformat(),
    }


def _people(*mentorships):
    people = {}
    for row in mentorships:
        for person in (row.student.user, row.academic.user, row.industry.user):
            people[person.pk] = person
    return list(people.values())


def _leaving(former, following):
    return {former.academic.user_id, former.industry.user_id} - {
        following.academic.user_id,
        following.industry.user_id,
    }
