"""Forms of one's own page."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consortium.enums import SkillGroup, TalentType
from consortium.forms.form import Form
from consortium.models import Skill


class GroupedSkills(forms.ModelMultipleChoiceField):
    """Skills as ticks under the names of their groups."""

    widget = forms.CheckboxSelectMultiple

    def grouped(self):
        """The choices with their group in front, as the widget shows them."""
        groups = {}
        for skill in self.queryset:
            groups.setdefault(SkillGroup(skill.group).label, []).append((skill.pk, skill.name))
        return list(groups.items())


class StudentForm(Form):
    """What a student keeps about himself."""

    fresh_graduate = forms.ChoiceField(
        label=_("Are you a fresh graduate"),
        help_text=_("Straight from a first degree: 12 months of practice; otherwise 6."),
        choices=[("", _("Not said yet")), ("yes", _("Yes, straight from a first degree")), ("no", _("No"))],
        widget=forms.RadioSelect,
        required=False,
    )
    goal = forms.ChoiceField(
        label=_("What kind of engineer you want to become"),
        choices=[("", _("Not decided")), *TalentType.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    skills = GroupedSkills(
        Skill.objects.order_by("group", "id"),
        label=_("Skills"),
        help_text=_("Those that you could show. Projects name what they need by the same words."),
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["skills"].choices = self.fields["skills"].grouped()

    def values(self):
        """The clean values as the action takes them."""
        said = {"yes": True, "no": False}.get(self.cleaned_data["fresh_graduate"])
        return {
            "fresh_graduate": said,
            "goal": self.cleaned_data["goal"],
            "skills": list(self.cleaned_data["skills"]),
        }


class AccountForm(Form):
    """How the portal speaks to a person."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    theme = forms.ChoiceField(
        label=_("Appearance"),
        choices=[("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
        widget=forms.RadioSelect,
    )
    email = forms.EmailField(
        label=_("Mail address"),
        help_text=_("Receipts and results go there. Without one you read them here only."),
        max_length=254,
        required=False,
    )
