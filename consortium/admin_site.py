"""The admin of system administrators: lists to look things up in, whose only changes go through actions (ADR 0024).

No row is added, edited or deleted here, and there is no address that could: a list is all a model gets.
"""

from allauth.account.utils import get_next_redirect_url
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.reach import reach
from consortium.refusals import Forbidden
from consortium.roles import Permission

LONGEST_NUMBER = 19  # a row's number has fewer digits
OURS = ("consortium", "mentors", "placements", "ideology", "outcomes")


class Site(admin.AdminSite):
    """Opened by the role, not by a flag on the account; signing in and passwords are the portal's own pages."""

    site_header = gettext_lazy("Administration of the portal")
    site_title = gettext_lazy("Administration of the portal")
    index_title = gettext_lazy("Look things up")
    enable_nav_sidebar = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.disable_action("delete_selected")

    def get_urls(self):
        """Without the way to any record's page by its number (a link that signs has such a page), and without lookups."""
        left_out = ("view_on_site", "autocomplete")
        return [one for one in super().get_urls() if getattr(one, "name", None) not in left_out]

    def has_permission(self, request):
        return request.user.is_active and reach(request.user, Permission.MANAGE_ACCOUNTS).all

    def register(self, model_or_iterable, admin_class=None, **options):
        """Only lists are taken: what a library registers by itself would change rows past the actions."""
        if admin_class is None or not issubclass(admin_class, ReadOnly):
            models = model_or_iterable if isinstance(model_or_iterable, list | tuple) else [model_or_iterable]
            own = [model for model in models if model._meta.app_label in OURS]
            if own:
                raise ImproperlyConfigured(f"The admin takes ReadOnly lists alone: {own}.")
            return
        super().register(model_or_iterable, admin_class, **options)

    def login(self, request, extra_context=None):
        wanted = get_next_redirect_url(request) or reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(wanted)
        if not self.has_permission(request):
            raise Forbidden(
                _("Your role does not include this."),
                remedy=_("If you need it, ask the secretariat to change your role."),
            )
        return redirect(wanted)

    def logout(self, request, extra_context=None):
        if request.method == "POST":
            logout(request)
        return redirect("home")

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("account_change_password")


class ReadOnly(admin.ModelAdmin):
    """One list. `columns` are (name, label); what is not among them can be neither read nor asked for."""

    permission = Permission.MANAGE_ACCOUNTS
    columns = ()
    filters = ()
    # Columns that are no field of the row as such: {name: function of the row}.
    worded = {}
    list_display_links = None
    list_per_page = 50
    show_full_result_count = False

    def __init_subclass__(cls):
        for name, label in cls.columns:
            setattr(cls, f"show_{name}", _column(name, label, sorted_by=name not in cls.worded))
        cls.list_display = tuple(f"show_{name}" for name, _label in cls.columns)
        cls.list_filter = tuple(cls.filters)

    def get_urls(self):
        """The list alone."""
        return [one for one in super().get_urls() if one.name and one.name.endswith("_changelist")]

    def get_actions(self, request):
        """Those the class names; nothing is inherited."""
        named = {name: self.get_action(name) for name in self.actions or ()}
        return {name: found for name, found in named.items() if found}

    def response_action(self, request, queryset):
        """What is no row's number chooses no row."""
        sent = request.POST.copy()
        rows = [one for one in sent.getlist(ACTION_CHECKBOX_NAME) if one.isascii() and one.isdigit()]
        sent.setlist(ACTION_CHECKBOX_NAME, [one for one in rows if len(one) < LONGEST_NUMBER])
        request.POST = sent
        return super().response_action(request, queryset)

    def lookup_allowed(self, lookup, value, request=None):
        """Conditions by address would find out, letter by letter, what no column shows; the list's own filters ask for words."""
        return lookup in {one.parameter_name for one in self.filters}

    def has_view_permission(self, request, obj=None):
        return self.admin_site.has_permission(request) and reach(request.user, self.permission).all

    has_module_permission = has_view_permission

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def _column(name, label, *, sorted_by):
    """One column: a field, a value with its word, or a property."""

    def show(self, row):
        if name in self.worded:
            return self.worded[name](row)
        display = getattr(row, f"get_{name}_display", None)
        return display() if display else getattr(row, name)

    show.short_description = label
    show.admin_order_field = name if sorted_by else None
    return show
