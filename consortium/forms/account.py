"""Forms of invitations."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.models import Organisation, User
from consortium.reach import reach
from consortium.roles import ROLES, STAFF_ROLES, Permission

# Roles that another page records with what belongs to them (term, capacity, profile) are not invited by hand.
RECORDED_ELSEWHERE = {"student", "academic_mentor", "industry_mentor", "board_officer"}


class InviteForm(forms.Form):
    """An address and a role; an enterprise invites only its own people."""

    email = forms.EmailField(label=gettext_lazy("mail address"))
    name = forms.CharField(label=gettext_lazy("name"), max_length=80, required=False)
    role = forms.ChoiceField(label=gettext_lazy("role"))
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("organisation"), required=False
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        held = reach(user, Permission.INVITE)
        keys = [key for key in ROLES if key not in RECORDED_ELSEWHERE]
        if not held.all:
            keys = [key for key in keys if key not in STAFF_ROLES]
        self.fields["role"].choices = [(key, ROLES[key].label) for key in keys]
        rows = Organisation.objects.order_by("name_zh")
        self.fields["organisation"].queryset = rows if held.all else rows.filter(pk__in=held.organisations)

    def clean(self):
        cleaned = super().clean()
        role = ROLES.get(cleaned.get("role"))
        if role and role.needs_organisation and not cleaned.get("organisation"):
            self.add_error("organisation", _("This role needs an organisation. Choose one."))
        return cleaned


class AcceptForm(forms.Form):
    """What a new person chooses: user name, name, password."""

    username = forms.CharField(label=gettext_lazy("user name"), max_length=150)
    name = forms.CharField(label=gettext_lazy("name"), max_length=80)
    password = forms.CharField(
        label=gettext_lazy("password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 10 characters."),
    )

    def __init__(self, *args, invitation, owner=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.fields["name"].initial = invitation.name
        self.fields["username"].initial = invitation.email
        if owner:
            for name, value in (("username", owner.username), ("name", owner.name)):
                self.fields[name].initial = value
                self.fields[name].disabled = True

    def clean_password(self):
        password = self.cleaned_data["password"]
        validate_password(password, User(username=self.data.get("username", ""), email=self.invitation.email))
        return password
