"""Forms of projects: drafting one, changing its wording, changing its terms after approval."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.clock import today
from consortium.models import Skill
from placements.enums import Level
from placements.forms.demand import READERS, DateInput, WrittenByAction
from placements.models import Project
from placements.queries import owner
from placements.rules import project as rules
from placements.rules.redlines import end_after

# The page's sections; what stands in brackets stands side by side.
SECTIONS = (
    (
        "problem",
        gettext_lazy("The problem"),
        (("title", "title_en"), "summary", "problem", "aims", "tasks", "deliverables"),
    ),
    (
        "wanted",
        gettext_lazy("Requirements"),
        (
            ("field", "chain"),
            ("talent_type", "degree"),
            "bottleneck",
            "skills_required",
            "skills_welcome",
        ),
    ),
    (
        "places",
        gettext_lazy("Places, base and mentors"),
        (("places", "months"), ("starts_on", "base"), ("industry_mentor", "academic_mentor")),
    ),
    (
        "terms",
        gettext_lazy("Terms"),
        (
            ("stipend", "post_wage"),
            "pay_grounds",
            ("hours_day", "hours_week"),
            ("housing", "safety_class"),
            "fees",
            "level",
            ("confidentiality_terms", "ip_terms"),
            "safe_work_declared",
            "text_released",
        ),
    ),
)
OPTIONAL = ("title_en", "deliverables", "bottleneck", "pay_grounds", "fees", *rules.SKILLS)
LINES = gettext_lazy("One point a line.")
HELP = {
    "title": gettext_lazy("What a student would look for; without the product's name."),
    "title_en": gettext_lazy("For readers of the English pages."),
    "summary": gettext_lazy("At most 120 characters; stands under the title in the list."),
    "problem": gettext_lazy("As it is at the enterprise now, with figures. Students read this first."),
    "aims": LINES,
    "tasks": LINES,
    "deliverables": LINES,
    "starts_on": gettext_lazy("The bases and mentors below are those that hold on this day."),
    "base": gettext_lazy("Only those accredited through the whole stay."),
    "stipend": gettext_lazy("Paid in money, in full, every month, to the student."),
    "post_wage": gettext_lazy("What the same post pays; the stipend is at least 80 % of it."),
    "pay_grounds": gettext_lazy(
        "Only when the stipend is below the floor: why, and what students get instead. The graduate "
        "school reviews it before the project is approved."
    ),
    "fees": gettext_lazy("Must stay empty: nothing may be asked of students."),
    "confidentiality_terms": gettext_lazy(
        "What must be kept secret and for how long. “Nothing” is an answer too."
    ),
    "ip_terms": gettext_lazy("To whom results belong, and when they may be published."),
}


class ProjectBase(WrittenByAction, forms.ModelForm):
    """What all forms of a project share: labels, helps, and choices that depend on the start."""

    class Meta:
        model = Project
        fields = [*rules.FIELDS, *rules.SKILLS]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, text in HELP.items():
            if name in self.fields:
                self.fields[name].help_text = text
        for name, field in self.fields.items():
            field.label = str(field.label)[:1].upper() + str(field.label)[1:]
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 6 if name == "problem" else 4
        if "title" in self.fields:
            self.fields["title"].label = gettext_lazy("Short title")
        if "starts_on" in self.fields:
            self.fields["starts_on"].widget = DateInput()
        self._bounds()
        self._people_and_place()

    def _bounds(self):
        bounds = {
            "places": (1, 20),
            "months": (1, 36),
            "hours_day": (1, 24),
            "hours_week": (1, 168),
        }
        for name, (low, high) in bounds.items():
            if name in self.fields:
                self.fields[name] = forms.IntegerField(
                    label=self.fields[name].label,
                    min_value=low,
                    max_value=high,
                    initial=self.fields[name].initial,
                )
        if "level" in self.fields:
            self.fields["level"] = forms.ChoiceField(
                label=self.fields["level"].label,
                choices=[(level, READERS_OF_PROJECTS[level]) for level in (Level.PUBLIC, Level.MEMBER)],
                widget=forms.RadioSelect,
            )

    def _start(self):
        """The start as typed, if it can be read, else as stored, else today."""
        try:
            return self.fields["starts_on"].clean(self["starts_on"].value()) or today()
        except (forms.ValidationError, KeyError):
            return self.instance.starts_on or today()

    def _end(self, start):
        try:
            return end_after(start, self.fields["months"].clean(self["months"].value()))
        except (forms.ValidationError, KeyError):
            return end_after(start, self.instance.months)

    def _people_and_place(self):
        """Offer only what holds through the stay; what was chosen before stays in sight, for the red
        lines to judge.
        """
        if "base" not in self.fields:
            return
        project = self.instance
        start = self._start()
        bases = owner.bases_for(project.organisation, start, self._end(start), keep=project.base_id)
        self._offer(
            "base",
            project.organisation.bases.all(),
            [(row.pk, row.name) for row in bases],
        )
        for name, academic in (("academic_mentor", True), ("industry_mentor", False)):
            keep = getattr(project, f"{name}_id")
            able = list(owner.mentors_for(project.organisation, start, academic=academic, keep=keep))
            loads = owner.loads(able)
            rows = [row for row in able if row.pk == keep or loads[row.pk] < row.capacity]
            self._offer(
                name,
                owner.mentors_ever(project.organisation, academic=academic),
                [(row.pk, _mentor(row, loads[row.pk])) for row in rows],
            )

    def _offer(self, name, queryset, choices):
        self.fields[name].queryset = queryset
        self.fields[name].choices = [("", _("Not chosen yet")), *choices]
        if not choices:
            self.fields[name].help_text = NOBODY[name]

    def values(self):
        """What the action writes: the fields that were read without an error."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}


READERS_OF_PROJECTS = {
    Level.PUBLIC: READERS[Level.PUBLIC],
    Level.MEMBER: gettext_lazy("Members: students, mentors, members and staff who are signed in"),
}
NOBODY = {
    "base": gettext_lazy(
        "None of your bases is accredited through the whole stay. Change the start, or ask for a renewal."
    ),
    "academic_mentor": gettext_lazy("No academic mentor is in office then. Ask the graduate school."),
    "industry_mentor": gettext_lazy(
        "Nobody of your organisation is in office then. Ask the graduate school to appoint one."
    ),
}


def _mentor(row, load):
    return _("%(name)s, %(title)s; guides %(load)d, at most %(capacity)d") % {
        "name": row.user.get_full_name(),
        "title": row.title,
        "load": load,
        "capacity": row.capacity,
    }


class ProjectForm(ProjectBase):
    """The whole project in four sections; a draft may lack anything."""

    safe_work_declared = forms.BooleanField(
        required=False,
        label=gettext_lazy(
            "We declare: no labour of class III or harder, no harmful work, no night shifts, no "
            "places of entertainment,"
            " no agents"
        ),
    )
    text_released = forms.BooleanField(
        required=False,
        label=gettext_lazy("We have read the texts above as students will see them and release them"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A draft may lack anything; these have a default and are never empty.
        defaults = {"places": 1, "months": 6, "hours_day": 8, "hours_week": 40}
        for name, field in self.fields.items():
            field.required = name in (*defaults, "level", "degree")
        skills = list(Skill.objects.order_by("group", "pk"))
        for name in rules.SKILLS:
            self.fields[name].widget = forms.CheckboxSelectMultiple()
            self.fields[name].choices = _grouped(skills)
            self.fields[name].label = SKILL_LABELS[name]
        for name in ("field", "chain", "talent_type", "housing", "safety_class"):
            given = [choice for choice in self.fields[name].choices if choice[0] != ""]
            self.fields[name].choices = [("", _("Not chosen yet")), *given]
        if self.instance.demand is None or self.instance.demand.level != Level.BOARD:
            del self.fields["text_released"]

    def sections(self):
        """[(key, title, rows of bound fields)] in the order of the page.

        Called when all is read: from here on "optional" says what handing in can do without.
        """
        for name, field in self.fields.items():
            field.required = name not in OPTIONAL
        return [(key, title, [self._row(names) for names in rows]) for key, title, rows in SECTIONS]

    def _row(self, names):
        names = (names,) if isinstance(names, str) else names
        return [self[name] for name in names if name in self.fields]


SKILL_LABELS = {
    "skills_required": gettext_lazy("Skills asked for"),
    "skills_welcome": gettext_lazy("Skills welcome"),
}


def _grouped(skills):
    groups = {}
    for skill in skills:
        groups.setdefault(skill.get_group_display(), []).append((skill.pk, skill.name))
    return list(groups.items())


class WordingForm(ProjectBase):
    """Texts only: what may still change after approval."""

    class Meta:
        model = Project
        fields = rules.TEXTS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in rules.NEVER_EMPTY:
            self.fields[name].required = True


class AmendForm(ProjectBase):
    """Terms after approval, for the graduate school."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Students who list the project read it."),
    )

    class Meta:
        model = Project
        fields = rules.AMENDABLE

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = name != "bottleneck"


class PayReviewForm(forms.Form):
    """Why pay under the floor is accepted; asked only where it is."""

    pay_review = forms.CharField(
        label=gettext_lazy("Why the grounds are accepted"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The enterprise reads it; it stays with the project."),
    )


class ReasonForm(forms.Form):
    """Why: returned to be changed, or withdrawn."""

    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, label=None, help_text="", limit=200, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label = label or field.label
        field.help_text = help_text
        field.max_length = limit
        field.widget.attrs["maxlength"] = limit
