"""What mentors announce: navigation, messages, looks of states."""

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from consortium import badges, clock
from consortium.acting import shown_here
from consortium.announcements_imports import register as register_list
from consortium.notifications import Message, register
from consortium.registry import Fact, MemberColumn, NavItem, registry
from consortium.roles import Permission
from mentors import announcements_logs, announcements_nominations, announcements_schemes
from mentors.enums import AppointmentState, MentorshipState


def announce():
    """Fill the lists of the registry; called once, when the app is ready."""
    from mentors.imports import Mentors

    register(
        mentor_appointed=Message(
            subject=_("You were appointed as mentor"),
            body=_(
                "Your appointment for %(unit)s is recorded; its page shows the term and how many students you take at once."
            ),
            action=_("Open the appointment"),
        ),
        appointment_ended=Message(
            subject=_("Your appointment as mentor ended"),
            body=_("Your appointment for %(unit)s ended. Reason given: %(reason)s"),
            action=_("Open the appointment"),
        ),
        mentorship_begun=Message(
            subject=_("A mentorship is recorded"),
            body=_("It begins on %(day)s. Its page names the student and both mentors."),
            action=_("Open the mentorship"),
        ),
        mentor_changed=Message(
            subject=_("A mentor changes"),
            body=_("From %(day)s on another mentor guides. Reason given: %(reason)s"),
            action=_("Open the mentorship"),
        ),
        mentorship_ended=Message(
            subject=_("A mentorship has ended"),
            body=_("Reason given: %(reason)s What was recorded stays readable."),
            action=_("Open the mentorship"),
        ),
    )
    badges.register(
        "mentorship",
        MentorshipState,
        {
            MentorshipState.ACTIVE: badges.GREEN,
            MentorshipState.ENDED: badges.SLATE,
            "later": (badges.INDIGO, _("Not begun")),
        },
    )
    badges.register(
        "appointment",
        AppointmentState,
        {
            AppointmentState.ACTIVE: badges.GREEN,
            AppointmentState.ENDED: badges.SLATE,
            AppointmentState.REVOKED: badges.RED,
            "expired": (badges.SLATE, _("Term over")),
            "expiring": (badges.INDIGO, _("Ends soon")),
            "later": (badges.INDIGO, _("Not begun")),
        },
    )
    registry.nav.append(NavItem("staff", _("Appointments"), "mentors", "person-badge", _("Mentors"), 30))
    registry.nav.append(NavItem("mentor", _("My students"), "mentorships", "people", order=15))
    registry.nav.append(
        NavItem(
            "staff",
            _("Mentorships"),
            "mentorships",
            "people",
            _("Mentors"),
            31,
            permission=Permission.RECORD_STUDENT,
        )
    )
    registry.organisation_facts.append(mentors_of)
    registry.member_columns.append(MemberColumn("students", _("Students there now"), students_there))
    registry.student_blocks.append(mentorship_of)
    registry.dashboard.append(my_mentorships)
    registry.file_readers.append(reads_letter)
    register_list(Mentors())
    announcements_logs.announce()
    announcements_nominations.announce()
    announcements_schemes.announce()


def mentors_of(organisation, user, day):
    """The mentors an organisation sends or sent: by name for people of the portal, as a number for visitors."""
    from mentors.queries.appointment import of_organisation, sees_mentors

    rows = [_appointment(row) for row in of_organisation(organisation, day)]
    if sees_mentors(user) or not rows:
        return rows
    number = sum(row.holds_on(day) for row in rows)
    title = ngettext("%(n)d mentor", "%(n)d mentors", number) % {"n": number}
    return (
        [
            Fact(str(_("Mentors")), title, str(_("Names are shown to people of the portal."))),
        ]
        if number
        else []
    )


def students_there(organisations, user, day):
    """How many students are guided by industry mentors of each organisation on the day."""
    from mentors.models import Mentorship

    rows = Mentorship.objects.running(day).filter(industry__organisation__in=organisations)
    counted = rows.order_by().values_list("industry__organisation").annotate(Count("student", distinct=True))
    return {pk: (str(number), reverse("member", args=[pk])) for pk, number in counted}


def _appointment(row):
    return Fact(
        str(_("Mentors")),
        row.user.name,
        note=pgettext("between facts", ", ").join((row.get_kind_display(), row.title)),
        url=row.get_absolute_url(),
        since=row.since,
        until=row.last_day,
        by=row.recorded_by.name,
        entered=clock.day_of(row.recorded_at),
        is_sample=row.user.is_sample,
    )


def mentorship_of(student, user):
    """Who guides a student, for the student and the office."""
    from mentors.queries.mentorship import of_student
    from mentors.rules.mentorship import can_keep

    rows = list(of_student(student, user)[:5])
    if not rows and not can_keep(user):
        return None
    running = bool(rows) and rows[0].state == MentorshipState.ACTIVE
    context = {"rows": rows, "student": student, "office": can_keep(user), "may_begin": not running}
    return {"template": "mentors/student_block.html", "context": context}


def my_mentorships(user, now):
    """On the start page: how a mentor's month stands, a student's mentors."""
    from mentors.queries.mentorship import mine
    from mentors.rules.appointment import ROLE_OF_KIND
    from mentors.rules.rhythm import my_month

    today = clock.day_of(now)
    months = list(my_month(user, today).values()) if shown_here(user, *ROLE_OF_KIND.values()) else []
    own = list(mine(user).holding(today)[:1]) if shown_here(user, "student") else []
    if not months and not own:
        return None
    context = {
        "months": months,
        "enough": sum(one.enough for one in months),
        "missing": [one for one in months if not one.enough],
        "days_left": (months[0].last - today).days if months else 0,
        "joint": sum(min(one.joint, one.joint_least) for one in months),
        "joint_least": sum(one.joint_least for one in months),
        "own": own,
    }
    return {"template": "mentors/dashboard.html", "context": context}


def reads_letter(user, stored):
    """The office reads letters of appointment, and each mentor the own one."""
    from mentors.models import Appointment
    from mentors.rules.appointment import can_record

    letters = Appointment.objects.filter(document=stored)
    return letters.exists() if can_record(user) else letters.filter(user_id=user.pk).exists()
