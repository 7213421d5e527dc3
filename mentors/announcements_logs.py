"""What supervision logs announce: messages, looks of states, who opens their files, what waits for whom."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium import badges, clock
from consortium.acting import shown_here
from consortium.notifications import Message, register
from consortium.registry import Duty, NavItem, registry
from consortium.roles import Permission
from consortium.templatetags.portal import day_short_text
from mentors.enums import CosignState, LogState, MeetingState, ReopeningState

OPEN_LOG = gettext_lazy("Open the log")


def announce():
    """Fill the lists of the registry; called once, when the app is ready."""
    _messages()
    badges.register(
        "log",
        LogState,
        {
            LogState.SIGNED: badges.INDIGO,
            LogState.CONFIRMED: badges.GREEN,
            LogState.DIFFERS: badges.RED,
            LogState.AMENDED: badges.SLATE,
        },
    )
    badges.register(
        "cosign",
        CosignState,
        {
            CosignState.ASKED: badges.INDIGO,
            CosignState.AGAIN: badges.INDIGO,
            CosignState.SIGNED: badges.GREEN,
            CosignState.REFUSED: badges.RED,
        },
    )
    badges.register(
        "reopening",
        ReopeningState,
        {
            ReopeningState.ASKED: badges.INDIGO,
            ReopeningState.GRANTED: badges.GREEN,
            ReopeningState.REFUSED: badges.RED,
        },
    )
    badges.register(
        "meeting", MeetingState, {MeetingState.PLANNED: badges.INDIGO, MeetingState.CANCELLED: badges.SLATE}
    )
    registry.nav.append(NavItem("student", gettext_lazy("Guidance"), "logs", "journal-text", order=30))
    registry.nav += [
        NavItem(
            "staff",
            gettext_lazy("Supervision"),
            "supervision",
            "journal-check",
            gettext_lazy("Mentors"),
            32,
            permission=permission,
        )
        for permission in (Permission.OVERSEE_SUPERVISION, Permission.READ_AUDIT)  # no role has both
    ]
    registry.duties += [duties_of_student, duties_of_mentor, duties_of_office]
    registry.file_readers.append(reads_log_file)


def _messages():
    register(
        log_signed=Message(
            subject=gettext_lazy("A supervision log waits for your confirmation"),
            body=gettext_lazy("It is about %(day)s. Read it and confirm it, or say what differs."),
            optional=True,
            action=OPEN_LOG,
        ),
        log_amended=Message(
            subject=gettext_lazy("A supervision log was amended"),
            body=gettext_lazy(
                "It is about %(day)s. The page shows both texts with the words that differ; please confirm it anew."
            ),
            optional=True,
            action=OPEN_LOG,
        ),
        log_differs=Message(
            subject=gettext_lazy("Something in a supervision log differs"),
            body=gettext_lazy("Of the log of %(day)s the student says: %(answer)s"),
            action=OPEN_LOG,
        ),
        log_still_differs=Message(
            subject=gettext_lazy("Two accounts of a supervision still differ"),
            body=gettext_lazy(
                "After %(days)s working days neither an amendment nor a confirmation has come."
            ),
            action=OPEN_LOG,
        ),
        log_to_cosign=Message(
            subject=gettext_lazy("A joint meeting waits for your signature"),
            body=gettext_lazy("It is about %(day)s. Read it and sign it too, or say why not."),
            action=OPEN_LOG,
        ),
        log_not_cosigned=Message(
            subject=gettext_lazy("The other mentor did not sign a joint meeting"),
            body=gettext_lazy("Of the meeting of %(day)s: %(note)s Amend the log and it is sent again."),
            action=OPEN_LOG,
        ),
        meeting_planned=Message(
            subject=gettext_lazy("A guidance meeting is planned"),
            body=gettext_lazy("It begins at %(at)s and stands in your calendar."),
            optional=True,
            action=gettext_lazy("Open the meeting"),
            times=("at",),
        ),
        meeting_cancelled=Message(
            subject=gettext_lazy("A guidance meeting is called off"),
            body=gettext_lazy("It was to begin at %(at)s."),
            action=gettext_lazy("Open the meeting"),
            times=("at",),
        ),
        log_prompt=Message(
            subject=gettext_lazy("Your meeting is over: record it?"),
            body=gettext_lazy(
                "It ended at %(at)s. The link opens a form that is filled in as far as possible; it signs this one log and ends at %(until)s."
            ),
            optional=True,
            action=gettext_lazy("Record guidance"),
            times=("at", "until"),
            mail_url=link_of,
        ),
        log_reminder=Message(
            subject=gettext_lazy("One meeting is not recorded yet"),
            body=gettext_lazy(
                "It ended at %(at)s. This is the only reminder; the link ends at %(until)s, from your own account you can record it later too."
            ),
            optional=True,
            action=gettext_lazy("Record guidance"),
            times=("at", "until"),
            mail_url=link_of,
        ),
        reopening_asked=Message(
            subject=gettext_lazy("A mentor asks to log a late day"),
            body=gettext_lazy("The page gives the day and the reason."),
            action=gettext_lazy("Open the request"),
        ),
        reopening_granted=Message(
            subject=gettext_lazy("A late day is open again"),
            body=gettext_lazy("You can sign the log of %(day)s until %(until)s; your draft is kept."),
            action=gettext_lazy("Open the request"),
        ),
        reopening_refused=Message(
            subject=gettext_lazy("A late day is not opened again"),
            body=gettext_lazy("Reason for %(day)s: %(answer)s"),
            action=gettext_lazy("Open the request"),
        ),
    )


def link_of(params):
    """The address that signs one log, for the mail that asks for it."""
    from mentors.models import LogLink

    link = LogLink.objects.filter(pk=params.get("link")).first()
    return link.get_absolute_url() if link else ""


def duties_of_student(user, now):
    """Logs to confirm, oldest first."""
    from mentors.queries.log import to_confirm
    from mentors.queries.mentorship import mine

    if not shown_here(user, "student") or not mine(user).exists():
        return []
    return [
        Duty(
            _("Guidance of %(day)s by %(mentor)s")
            % {"day": day_short_text(row.day), "mentor": row.mentor.user.get_full_name()},
            row.get_absolute_url(),
            _("Confirm"),
            note=_("Is it as you remember it?"),
        )
        for row in to_confirm(user)[:10]
    ]


def duties_of_mentor(user, now):
    """What differs, what waits for a second signature, what was not signed; each with one press to it."""
    from mentors.queries import log as queries
    from mentors.queries.mentorship import guides
    from mentors.rules.appointment import ROLE_OF_KIND

    if not shown_here(user, *ROLE_OF_KIND.values()) or not guides(user):
        return []
    found = _missing_logs(user, clock.day_of(now))
    found += [
        Duty(
            _("%(student)s says that something differs") % {"student": row.mentorship.student.user},
            row.get_absolute_url(),
            _("Read and amend"),
            note=row.answer,
            urgent=True,
        )
        for row in queries.differing(user)[:10]
    ]
    found += [
        Duty(
            _("Joint meeting of %(day)s, signed by %(mentor)s")
            % {"day": day_short_text(row.day), "mentor": row.mentor.user},
            row.get_absolute_url(),
            _("Read and sign"),
            note=str(row.mentorship.student.user),
        )
        for row in queries.to_cosign(user)[:10]
    ]
    found += [
        Duty(
            _("The other mentor did not sign the joint meeting of %(day)s")
            % {"day": day_short_text(row.day)},
            row.get_absolute_url(),
            _("Read and amend"),
            note=row.cosign_note,
        )
        for row in queries.not_cosigned(user)[:10]
    ]
    return found


def _missing_logs(user, today):
    """Which students' logs are missing: of last month as long as it can be mended, and of this one."""
    from mentors.rules.log import earliest, late_days
    from mentors.rules.rhythm import my_last_month, my_month

    last, now = my_last_month(user, today, earliest(today)), my_month(user, today)
    found = [
        _missing(one, one.last + timedelta(days=late_days()), _("of last month"), urgent=True)
        for one in last.values()
        if one.missing
    ]
    found += [_missing(one, one.last, _("of this month")) for one in now.values() if one.missing]
    return found


def _missing(one, due, which, urgent=False):
    name = one.mentorship.student.user
    return Duty(
        _("Guidance of %(student)s") % {"student": name},
        reverse("log_new", args=[one.mentorship.pk]),
        _("Record"),
        due=clock.end_of(due),
        note=ngettext("%(n)d log %(which)s is missing", "%(n)d logs %(which)s are missing", one.missing)
        % {"n": one.missing, "which": which},
        urgent=urgent,
    )


def duties_of_office(user, now):
    """Requests to log a late day."""
    from mentors.queries.log import reopenings_visible_to
    from mentors.rules.log import can_oversee

    if not can_oversee(user):
        return []
    return [
        Duty(
            _("%(mentor)s asks to log %(day)s") % {"mentor": row.mentor.user, "day": day_short_text(row.day)},
            row.get_absolute_url(),
            _("Decide"),
            note=row.reason,
        )
        for row in reopenings_visible_to(user).filter(state=ReopeningState.ASKED)[:10]
    ]


def reads_log_file(user, stored):
    """Whoever reads a log opens its file."""
    from mentors.queries.log import logs_visible_to

    return user.is_authenticated and logs_visible_to(user).filter(file=stored).exists()
