"""Lists of appointments that were made outside the portal, as the offices keep them in a spreadsheet.

They go by the rule of the single record (docs/adr/0022): academic mentors, whom the university appoints itself, and
mentors of employers whose appointment began before today. A new one from an employer is nominated, and a list says so.
"""

from collections import defaultdict
from datetime import date

from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.enums import MEMBERSHIP_OVER
from consortium.imports.columns import Choice, Column, code, day, email, number, spaced
from consortium.imports.faults import WORDS, Words
from consortium.imports.kind import ListKind
from consortium.imports.organisations import named, place
from consortium.models import Membership, Organisation, User
from consortium.roles import Permission
from mentors.actions import appointment_list as actions
from mentors.actions.appointment import CAPACITY_BOUNDS
from mentors.enums import INDUSTRY_KINDS, AppointmentKind, AppointmentState, MentorCategory
from mentors.models import Appointment
from mentors.rules.appointment import fits_kind

# What no list changes: an appointment is ended and made anew, renewed, or its capacity changed.
FIXED = ("name", "organisation_id", "category", "title", "field", "since", "until")
WORDS |= {
    "nominate": Words(
        _("To be nominated"),
        _("A new appointment from an employer goes by a nomination: consent, check and public notice."),
        _("Nominate the person. A list takes only appointments that began before today."),
    ),
    "unfit": Words(
        _("Organisation and kind"),
        _(
            "An academic mentor comes from a university or one of its units, an industry mentor from elsewhere."
        ),
        _("Correct the organisation or the kind."),
    ),
    "lapsed": Words(
        _("Organisation and kind"),
        _("The membership of this organisation has ended; no new mentors are appointed from there."),
        _("Renew the membership first."),
    ),
    "category": Words(
        _("Organisation and kind"),
        _("A mentor from an employer has a category."),
        _("Write one: executive, technical expert or scholar."),
    ),
    "term": Words(
        _("Days and years"),
        _("The last day is not after the first."),
        _("Correct the days, or leave the last one empty for the usual term."),
    ),
    "other_person": Words(
        _("Accounts"),
        _("This account belongs to another name."),
        _("Compare name and number; one of the two is wrong."),
    ),
    "closed_account": Words(
        _("Accounts"),
        _("This account is closed."),
        _("Ask the system administrators to open it, or correct the number."),
    ),
    "appointed": Words(
        _("Appointed already"),
        _(
            "The person holds this appointment with another entry here: %(known)s. A list changes the capacity alone."
        ),
        _("Correct the row, or end the appointment on its page first."),
    ),
}


class Mentors(ListKind):
    """One appointment in each row, known by the person's account and the kind."""

    key = "mentors"
    permission = Permission.APPROVE_MENTOR
    label = _("Mentors")
    title = _("Import a list of mentors")
    note = _(
        "Nobody is written to. New mentors get an account without a password; they set one by a code sent to their mail address. New appointments from employers are not imported: they are nominated."
    )
    start_url, home_url = "mentor_import", "mentors"
    alike = {"person": _("same name and organisation, another account")}
    acts = ("mentors.appointment", "consortium.user", "consortium.organisation")
    columns = (
        Column(
            "account",
            "工号或邮箱",
            "Work number or mail address",
            _("Work number or mail address"),
            _(
                "Known here already: the appointment is added to that account. New: an account without password is made."
            ),
            "G示例0001",
            ("工号", "账号", "用户名", "work number"),
            needed=True,
            most=150,
            unique=True,
            clean=lambda text: email(text) if "@" in text else code(text),
        ),
        Column(
            "name",
            "姓名",
            "Name",
            _("Name"),
            _("As in the letter of appointment."),
            "示例导师",
            ("导师姓名",),
            needed=True,
            most=80,
            free=True,
            clean=spaced,
        ),
        Column(
            "organisation_id",
            "所在单位",
            "Organisation",
            _("Organisation"),
            _("Full name, short name or another name as in the directory, or the credit code."),
            "天津科技大学",
            ("单位", "工作单位", "单位名称"),
            needed=True,
            most=120,
            free=True,
            reference=True,
            clean=spaced,
        ),
        Column(
            "kind",
            "导师类别",
            "Kind",
            _("Kind"),
            _("Employers' mentors: only appointments that began before today. New ones are nominated."),
            "校内导师",
            ("类别", "导师类型"),
            needed=True,
            choices=(
                Choice(AppointmentKind.ACADEMIC.value, "校内导师", "Academic mentor", ("学术导师", "校内")),
                Choice(AppointmentKind.INDUSTRY.value, "行业导师", "Industry mentor", ("企业导师", "行业")),
                Choice(AppointmentKind.PROFESSOR.value, "产业教授", "Industry professor"),
            ),
        ),
        Column(
            "category",
            "行业类型",
            "Category",
            _("Category"),
            _("For industry mentors and professors."),
            "",
            ("人员类型",),
            choices=(
                Choice(MentorCategory.EXECUTIVE.value, "企业高管", "Enterprise executive", ("高管",)),
                Choice(MentorCategory.TECHNICAL.value, "技术专家", "Technical expert", ("专家",)),
                Choice(MentorCategory.SCHOLAR.value, "行业学者", "Scholar of the trade", ("学者",)),
            ),
        ),
        Column(
            "title",
            "职称或职务",
            "Title",
            _("Title"),
            _("Professional title or post, such as senior engineer."),
            "教授",
            ("职称", "职务"),
            needed=True,
            most=60,
            free=True,
            clean=spaced,
        ),
        Column(
            "field",
            "研究方向",
            "Field of work",
            _("Field of work"),
            _("May be empty."),
            "",
            ("方向", "专业领域"),
            most=80,
            free=True,
            clean=spaced,
        ),
        Column(
            "capacity",
            "最多同时指导",
            "Most students at once",
            _("Most students at once"),
            _("A number from 1 to 30."),
            "3",
            ("指导名额", "名额"),
            needed=True,
            clean=number(*CAPACITY_BOUNDS),
        ),
        Column(
            "since",
            "聘期起",
            "First day",
            _("First day"),
            _("Like 2026-03-05."),
            "2025-09-01",
            ("起始日", "聘任日期", "开始日期"),
            needed=True,
            clean=day,
        ),
        Column(
            "until",
            "聘期止",
            "Last day",
            _("Last day"),
            _("Empty: the usual term."),
            "",
            ("截止日", "结束日期"),
            clean=day,
        ),
        Column(
            "grounds",
            "聘任依据",
            "Grounds",
            _("What it rests on"),
            _("The paper, such as a letter of appointment of 2025. Read by the office and auditors."),
            "示例：2025年聘任文件",
            ("依据", "文号"),
            needed=True,
            most=200,
            free=True,
            clean=spaced,
        ),
        Column(
            "email",
            "邮箱",
            "Mail address",
            _("Mail address"),
            _("For a new person: messages and the sign-in code go there. Empty: none."),
            "",
            ("电子邮箱", "电子邮件", "email", "e-mail"),
            most=254,
            unique=True,
            clean=email,
        ),
    )

    def settle(self, rows, gathered):
        """Known by account and kind; the rules of a single record, asked for all rows at once."""
        units = named({row.raw.get("organisation_id", "") for row in rows})
        for row in rows:
            place(row, "organisation_id", units)
        people = _People([row.values for row in rows])
        shapes = _Units({row.values.get("organisation_id") for row in rows})
        for row in rows:
            if row.faults:
                continue
            user = people.of(row.values["account"])
            row.target = people.appointed.get((user, row.values["kind"])) if user else None
            people.refuse(row, user)
            if row.target:
                _refuse_other_entries(row, people.entries[row.target])
            else:
                shapes.refuse(row)
                _refuse_term(row)
        for row, pk in _namesakes([row for row in rows if not row.target and not row.faults]):
            row.alike.append({"id": pk, "why": "person", "sure": False})

    def complete(self, values):
        """A new appointment: days as days, no category at a university."""
        return {
            **{
                key: values.get(key) or "" for key in ("account", "name", "title", "field", "grounds", "kind")
            },
            "category": values.get("category") or "" if values["kind"] in INDUSTRY_KINDS else "",
            "organisation_id": values["organisation_id"],
            "capacity": values["capacity"],
            "email": values.get("email"),
            "since": date.fromisoformat(values["since"]),
            "until": date.fromisoformat(values["until"]) if values.get("until") else None,
        }

    def state(self, numbers, lock=False):
        """What a list can change of these appointments."""
        rows = Appointment.objects.filter(pk__in=numbers, state=AppointmentState.ACTIVE).order_by("pk")
        if lock:
            list(rows.select_for_update().values_list("pk"))
        return {pk: {"capacity": capacity} for pk, capacity in rows.values_list("pk", "capacity")}

    def conflicts(self, rows):
        """Rows whose person, or organisation, is another by now than the test saw."""
        people = _People([row.fields for row in rows])
        shapes = _Units({row.fields["organisation_id"] for row in rows})
        found = {}
        for row in rows:
            user = people.of(row.fields["account"])
            held = people.appointed.get((user, row.fields["kind"])) if user else None
            if held and held != row.target or (not row.target and people.wrong(row.fields, user)):
                found[row.pk] = "taken"
            elif not row.target and (shapes.wrong(row.fields) or _to_be_nominated(row.fields)):
                found[row.pk] = "changed"
        return found

    def add(self, *, rows, by, run):
        """New appointments, with accounts for new persons."""
        return actions.record_appointments(rows=rows, by=by, run=run)

    def change(self, *, rows, by, run):
        """Another capacity."""
        actions.change_capacities(rows=rows, by=by, run=run)

    def remove(self, *, numbers, by, run):
        """Appointments of this run from which nothing has grown."""
        return actions.take_back_appointments(numbers=numbers, by=by, run=run)

    def names(self, numbers):
        """Name and account."""
        rows = Appointment.objects.filter(pk__in=numbers).select_related("user")
        return {
            row.pk: (f"{row.user.name} {row.user.username}", reverse("mentor", args=[row.pk])) for row in rows
        }


class _People:
    """The accounts that rows name, by user name and address, and the appointments these persons hold."""

    def __init__(self, several):
        accounts = {values.get("account") for values in several} - {None}
        emails = {values.get("email") for values in several} - {None}
        lowered = [text.lower() for text in accounts | emails]
        self.by_name, self.by_email, self.people = {}, {}, {}
        same = Q(username_low__in=lowered) | Q(email_low__in=lowered)
        found = User.objects.annotate(username_low=Lower("username"), email_low=Lower("email")).filter(same)
        for pk, username, mail, name, active in found.values_list(
            "pk", "username", "email", "name", "is_active"
        ):
            self.by_name[username.lower()] = pk
            if mail:
                self.by_email[mail.lower()] = pk
            self.people[pk] = (name, active)
        self.appointed, self.entries = {}, {}
        held = Appointment.objects.filter(user__in=self.people, state=AppointmentState.ACTIVE)
        for pk, user, kind, *entries in held.values_list("pk", "user_id", "kind", "user__name", *FIXED[1:]):
            self.appointed[user, kind] = pk
            self.entries[pk] = dict(zip(FIXED, entries, strict=True))

    def of(self, account):
        """The person with this user name or address, or None."""
        account = account.lower()
        return self.by_name.get(account) or self.by_email.get(account)

    def wrong(self, values, user):
        """(column, code) of what stands against this person or this new account, or None."""
        if user:
            name, active = self.people[user]
            if not active:
                return "account", "closed_account"
            return ("account", "other_person") if name != values["name"] else None
        mail = (values.get("email") or "").lower()
        return ("email", "email_taken") if mail in self.by_email or mail in self.by_name else None

    def refuse(self, row, user):
        """Note what stands against it."""
        if wrong := self.wrong(row.values, user):
            row.wrong(*wrong)


class _Units:
    """What organisations may send: their kinds, and whether their membership is over."""

    def __init__(self, numbers):
        numbers = numbers - {None}
        self.units = Organisation.objects.in_bulk(numbers)
        states = defaultdict(set)
        rows = Membership.objects.filter(organisation__in=numbers).order_by()
        for pk, state in rows.values_list("organisation_id", "state"):
            states[pk].add(state)
        self.lapsed = {pk for pk, held in states.items() if held <= set(MEMBERSHIP_OVER)}

    def wrong(self, values):
        """(column, code) of what stands against a new mentor of this kind from there, or None."""
        unit = self.units.get(values["organisation_id"])
        if unit is None or not fits_kind(unit, values["kind"]):
            return "organisation_id", "unfit"
        if values["kind"] in INDUSTRY_KINDS and unit.pk in self.lapsed:
            return "organisation_id", "lapsed"
        return None

    def refuse(self, row):
        """Note what stands against it."""
        if wrong := self.wrong(row.values):
            row.wrong(*wrong)
        if row.values["kind"] in INDUSTRY_KINDS and not row.values.get("category"):
            row.wrong("category", "category")


def _to_be_nominated(values):
    return values["kind"] in INDUSTRY_KINDS and date.fromisoformat(values["since"]) >= clock.today()


def _refuse_term(row):
    if _to_be_nominated(row.values):
        row.wrong("since", "nominate")
    until = row.values.get("until")
    if until and until <= row.values["since"]:
        row.wrong("until", "term")


def _refuse_other_entries(row, entries):
    """What the row says otherwise of an appointment that runs; an empty cell says nothing."""
    for key, known in entries.items():
        known = known.isoformat() if isinstance(known, date) else known
        value = row.values.get(key)
        if value is not None and value != known:
            row.wrong(key, "appointed", known=_as_read(key, known))


def _as_read(key, known):
    if key == "organisation_id":
        return Organisation.objects.values_list("name_zh", flat=True).get(pk=known)
    return dict(MentorCategory.choices).get(known, known) if key == "category" else known


def _namesakes(rows):
    """(row, appointment) for new rows whose name is that of a mentor of the kind at the same organisation."""
    wanted = {(row.values["name"], row.values["organisation_id"], row.values["kind"]): row for row in rows}
    if not wanted:
        return
    found = Appointment.objects.filter(
        user__name__in={key[0] for key in wanted},
        organisation__in={key[1] for key in wanted},
        state=AppointmentState.ACTIVE,
    ).order_by("pk")
    for pk, *key in found.values_list("pk", "user__name", "organisation_id", "kind"):
        if row := wanted.get(tuple(key)):
            yield row, pk
