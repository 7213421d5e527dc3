"""The lists of the admin; what may be done there goes through the actions (ADR 0024)."""

from django.contrib import admin, messages
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from consortium.actions.account import end_role
from consortium.admin_site import ReadOnly
from consortium.enums import JobState, MembershipState, OutboxState
from consortium.models import (
    AuditEvent,
    CalendarDay,
    Invitation,
    Job,
    Membership,
    OutboxMessage,
    PolicyValue,
    Resolution,
    RoleGrant,
    User,
)
from consortium.refusals import Refused
from consortium.roles import ROLES, Permission
from consortium.verbs import kind_of, said_of

MOST_AT_ONCE = 50


def _page(row):
    return format_html('<a href="{}">{}</a>', row.get_absolute_url(), _("Open"))


WORDED = {
    "role": lambda row: ROLES[row.role].label,
    "verb": lambda row: said_of(row.verb),
    "object_kind": lambda row: kind_of(row.object_kind),
    "person": lambda row: row.notification.user,
    "message": lambda row: row.notification.kind,
    "page": _page,
}


def choice_filter(name, label, choices):
    """A filter of the list by one field, in words."""

    class Chosen(admin.SimpleListFilter):
        title = label
        parameter_name = name

        def lookups(self, request, model_admin):
            return choices

        def queryset(self, request, queryset):
            known = dict(choices)
            return queryset.filter(**{name: self.value()}) if self.value() in known else queryset

    return Chosen


ROLE = choice_filter("role", gettext_lazy("Role"), [(key, role.label) for key, role in ROLES.items()])


class OpenRoles(admin.SimpleListFilter):
    title = gettext_lazy("State")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("open", pgettext_lazy("role of a person", "in force")), ("ended", _("ended"))]

    def queryset(self, request, queryset):
        wanted = {"open": True, "ended": False}.get(self.value())
        return queryset if wanted is None else queryset.filter(ended_at__isnull=wanted)


@admin.register(User)
class Accounts(ReadOnly):
    columns = (
        ("username", gettext_lazy("User name")),
        ("name", gettext_lazy("Name")),
        ("email", gettext_lazy("Mail address")),
        ("is_active", gettext_lazy("Account is open")),
        ("last_login", gettext_lazy("Last sign-in")),
        ("is_sample", gettext_lazy("Sample")),
    )
    search_fields = ("username", "name", "email")
    ordering = ("username",)


@admin.register(RoleGrant)
class Roles(ReadOnly):
    worded = WORDED
    columns = (
        ("user", pgettext_lazy("admin column", "Person")),
        ("role", gettext_lazy("Role")),
        ("organisation", gettext_lazy("Organisation")),
        ("board", gettext_lazy("Board")),
        ("given_by", gettext_lazy("Given by")),
        ("given_at", gettext_lazy("Given")),
        ("ended_at", pgettext_lazy("admin column", "Ended")),
    )
    filters = (ROLE, OpenRoles)
    search_fields = ("user__username", "user__name", "organisation__name_zh")
    list_select_related = ("user", "organisation", "board", "given_by")
    ordering = ("-id",)
    actions = ("end_roles",)

    @admin.action(description=gettext_lazy("End the chosen roles at once"))
    def end_roles(self, request, queryset):
        """By the same door as the page of an organisation's people: the trail, the last administrator, the seats.

        First the roles are shown by name: one press must not end what a tick too many has chosen.
        """
        chosen = queryset.filter(ended_at=None).select_related("user", "organisation", "board")
        if chosen.count() > MOST_AT_ONCE:
            said = _("At most %(most)d roles are ended at once. Choose fewer.") % {"most": MOST_AT_ONCE}
            self.message_user(request, said, messages.ERROR)
            return None
        if "confirmed" not in request.POST and chosen:
            return TemplateResponse(
                request,
                "admin/consortium/rolegrant/end_roles.html",
                self.admin_site.each_context(request)
                | {"title": _("End these roles?"), "rows": chosen, "opts": self.opts},
            )
        ended = 0
        for grant in queryset.select_related("user", "organisation"):
            try:
                end_role(grant=grant, by=request.user)
            except Refused as refusal:
                self.message_user(
                    request, f"{grant.user} · {ROLES[grant.role].label}: {refusal}", messages.ERROR
                )
            else:
                ended += 1
        if ended:
            said = ngettext("%(n)d role has ended.", "%(n)d roles have ended.", ended) % {"n": ended}
            self.message_user(request, said, messages.SUCCESS)
        return None


@admin.register(Invitation)
class Invitations(ReadOnly):
    worded = WORDED
    columns = (
        ("email", gettext_lazy("Mail address")),
        ("role", gettext_lazy("Role")),
        ("organisation", gettext_lazy("Organisation")),
        ("invited_by", gettext_lazy("Invited by")),
        ("created_at", pgettext_lazy("admin column", "Sent")),
        ("expires_at", gettext_lazy("Holds until")),
        ("accepted_at", pgettext_lazy("admin column", "Accepted")),
        ("withdrawn_at", pgettext_lazy("admin column", "Withdrawn")),
    )
    filters = (ROLE,)
    search_fields = ("email",)
    list_select_related = ("organisation", "invited_by")


@admin.register(Job)
class Jobs(ReadOnly):
    columns = (
        ("id", gettext_lazy("Number")),
        ("kind", gettext_lazy("Kind")),
        ("state", gettext_lazy("State")),
        ("created_by", gettext_lazy("Started by")),
        ("created_at", gettext_lazy("Started")),
        ("attempts", gettext_lazy("Attempts")),
        ("heartbeat_at", gettext_lazy("Last sign of life")),
        ("ended_at", pgettext_lazy("admin column", "Ended")),
        ("error", gettext_lazy("Fault")),
    )
    filters = (choice_filter("state", gettext_lazy("State"), JobState.choices),)
    list_select_related = ("created_by",)


@admin.register(OutboxMessage)
class Outbox(ReadOnly):
    worded = WORDED
    permission = Permission.READ_OUTBOX
    columns = (
        ("person", pgettext_lazy("admin column", "To")),
        ("message", gettext_lazy("Kind")),
        ("state", gettext_lazy("State")),
        ("urgent", gettext_lazy("Urgent")),
        ("attempts", gettext_lazy("Attempts")),
        ("next_try_at", gettext_lazy("Next try")),
        ("sent_at", pgettext_lazy("admin column", "Sent")),
        ("error", gettext_lazy("Fault")),
    )
    filters = (choice_filter("state", gettext_lazy("State"), OutboxState.choices),)
    list_select_related = ("notification__user",)
    ordering = ("-id",)


@admin.register(PolicyValue)
class PolicyValues(ReadOnly):
    columns = (
        ("key", pgettext_lazy("admin column", "Setting")),
        ("value", gettext_lazy("Value")),
        ("reason", gettext_lazy("Reason")),
        ("set_by", gettext_lazy("Set by")),
        ("set_at", gettext_lazy("Set")),
    )
    list_select_related = ("set_by",)


@admin.register(CalendarDay)
class CalendarDays(ReadOnly):
    columns = (
        ("date", gettext_lazy("Day")),
        ("is_working", gettext_lazy("Working day")),
        ("name", pgettext_lazy("admin column", "Name of the day")),
    )
    ordering = ("-date",)


@admin.register(Membership)
class Memberships(ReadOnly):
    worded = WORDED
    permission = Permission.RECORD_MEMBERSHIP
    columns = (
        ("organisation", gettext_lazy("Organisation")),
        ("council", gettext_lazy("Council")),
        ("rank", gettext_lazy("Rank")),
        ("state", gettext_lazy("State")),
        ("since", gettext_lazy("From")),
        ("until", gettext_lazy("Until")),
        ("page", gettext_lazy("Page")),
    )
    filters = (choice_filter("state", gettext_lazy("State"), MembershipState.choices),)
    search_fields = ("organisation__name_zh",)
    list_select_related = ("organisation", "council")


@admin.register(Resolution)
class Resolutions(ReadOnly):
    worded = WORDED
    permission = Permission.RECORD_MEMBERSHIP
    columns = (
        ("body", gettext_lazy("Body")),
        ("number", gettext_lazy("Number")),
        ("passed_on", gettext_lazy("Day")),
        ("recorded_by", gettext_lazy("Recorded by")),
        ("confirmed_by", gettext_lazy("Confirmed by")),
        ("page", gettext_lazy("Page")),
    )
    search_fields = ("number",)
    list_select_related = ("body", "recorded_by", "confirmed_by")


@admin.register(AuditEvent)
class Trail(ReadOnly):
    worded = WORDED
    permission = Permission.READ_AUDIT
    columns = (
        ("number", gettext_lazy("Number")),
        ("at", gettext_lazy("Moment")),
        ("actor_name", pgettext_lazy("admin column", "Person")),
        ("verb", gettext_lazy("Act")),
        ("object_kind", gettext_lazy("Kind")),
        ("object_name", pgettext_lazy("admin column", "Object")),
    )
