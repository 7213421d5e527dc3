"""Lists of member organisations, as the secretariat keeps them in a spreadsheet.

They bring organisations and never a membership: that begins with a resolution which a second person has confirmed
(docs/adr/0014), and a line of a list is none.
"""

from collections import defaultdict

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium.actions import organisation_list as actions
from consortium.enums import OrganisationKind
from consortium.imports import faults
from consortium.imports.columns import DIGITS_LOST, Choice, Column, spaced
from consortium.imports.faults import Wrong
from consortium.imports.kind import ListKind
from consortium.models import Organisation, OrganisationAlias
from consortium.queries.lookalike import Register
from consortium.refusals import Invalid
from consortium.roles import Permission
from consortium.uscc import checked_uscc

KINDS = (
    Choice(OrganisationKind.ENTERPRISE.value, "企业", "Enterprise", ("公司", "企业单位")),
    Choice(OrganisationKind.UNIVERSITY.value, "高校", "University", ("大学", "学院", "院校", "高等学校")),
    Choice(OrganisationKind.UNIVERSITY_FOREIGN.value, "境外高校", "Foreign university", ("国外高校",)),
    Choice(OrganisationKind.COLLEGE.value, "高校院系", "University unit", ("院系", "二级学院")),
    Choice(OrganisationKind.RESEARCH_INSTITUTE.value, "科研院所", "Research institute", ("研究所", "研究院")),
    Choice(OrganisationKind.JOINT_INSTITUTE.value, "联合研究院", "Joint institute"),
    Choice(OrganisationKind.HOSPITAL.value, "医院", "Hospital", ("医疗机构",)),
    Choice(OrganisationKind.TESTING_CENTRE.value, "检测机构", "Testing centre", ("检测中心",)),
    Choice(OrganisationKind.GOVERNMENT.value, "政府部门", "Government", ("政府", "政府机关", "机关")),
    Choice(OrganisationKind.GOVERNMENT_AGENCY.value, "政府直属单位", "Government agency", ("直属单位",)),
    Choice(OrganisationKind.INDUSTRIAL_PARK.value, "产业园区", "Industrial park", ("园区", "产业园")),
    Choice(OrganisationKind.STEERING_COMMITTEE.value, "教育指导委员会", "Steering committee", ("教指委",)),
    Choice(OrganisationKind.ASSOCIATION.value, "协会", "Association", ("行业协会", "学会", "商会")),
    Choice(OrganisationKind.OPERATING_ENTITY.value, "运营机构", "Operating entity"),
)


def credit_code(text):
    """The credit code in its one form; what is wrong with it is worked out again when it is said."""
    if DIGITS_LOST.match(text):
        raise Wrong("digits")
    try:
        return checked_uscc(text)
    except Invalid:
        raise Wrong("uscc") from None


faults.REFUSALS["uscc"] = checked_uscc


class Members(ListKind):
    """One organisation in each row, known by its credit code, else by its full name."""

    key = "members"
    permission = Permission.RECORD_MEMBERSHIP
    label = _("Member organisations")
    title = _("Import a list of member organisations")
    note = _(
        "Nobody is written to. Organisations are recorded, no memberships: a membership begins with its resolution, which is recorded on the organisation's page."
    )
    start_url, home_url = "member_import", "members"
    alike = {
        "code": _("the same organisation code"),
        "same_code": _("the same credit code, another name"),
        "name": _("the same name"),
        "alike": _("the same name but for place and legal form"),
        "sound": _("sounds the same"),
        "part": _("one name contains the other"),
    }
    acts = ("consortium.organisation",)
    title_columns = 1
    columns = (
        Column(
            "name_zh",
            "单位名称",
            "Name",
            pgettext_lazy("of an organisation", "Full name"),
            _("Full Chinese name, as on the licence or the official seal."),
            "示例生物科技（天津）有限公司",
            ("名称", "单位全称", "会员单位", "机构名称", "企业名称"),
            needed=True,
            most=120,
            free=True,
            unique=True,
            clean=spaced,
        ),
        Column(
            "uscc",
            "统一社会信用代码",
            "Unified social credit code",
            _("Unified social credit code"),
            _("18 characters from the licence; the last one is checked against the others."),
            "91120116MA0000007N",
            ("信用代码", "社会信用代码", "统一信用代码", "credit code"),
            most=40,
            unique=True,
            clean=credit_code,
        ),
        Column(
            "kind",
            "类别",
            "Kind",
            _("Kind"),
            _("What sort of organisation it is."),
            "企业",
            ("单位类别", "单位性质", "类型"),
            needed=True,
            choices=KINDS,
        ),
        Column(
            "short_zh",
            "简称",
            "Short name",
            _("Short name"),
            _("As people call it. Empty: nothing changes."),
            "示例生物",
            ("单位简称",),
            most=40,
            free=True,
            clean=spaced,
        ),
        Column(
            "name_en",
            "英文名称",
            "English name",
            _("English name"),
            _("Shown to English readers. Empty: nothing changes."),
            "",
            ("英文名",),
            most=200,
            free=True,
            clean=spaced,
        ),
        Column(
            "district",
            "所在地",
            "Place",
            pgettext_lazy("of an organisation", "Place"),
            _("Place or district. Empty: nothing changes."),
            "天津经开区",
            ("所在区", "地区", "区域", "district"),
            most=40,
            free=True,
            clean=spaced,
        ),
        Column(
            "profile",
            "简介",
            "Profile",
            _("Profile"),
            _("A few sentences that everybody reads. Empty: nothing changes."),
            "",
            ("单位简介",),
            most=2000,
            free=True,
        ),
    )

    def gather(self, row, gathered):
        """Which codes stand beside more than one name."""
        code, name = row.values.get("uscc"), row.values.get("name_zh")
        names, several = gathered.setdefault("names", {}), gathered.setdefault("several", set())
        if code and name and names.setdefault(code, name) != name:
            several.add(code)

    def settle(self, rows, gathered):
        """Known by code, else by full name where no code speaks against it; perhaps the same by what names share."""
        if "register" not in gathered:
            gathered["register"], gathered["targets"] = Register(), {}
        known = _Known(rows)
        for row in rows:
            for fault in row.faults:
                if (fault["column"], fault["code"]) == ("uscc", "repeated"):
                    fault["code"] = (
                        "repeated_names" if row.values.get("uscc") in gathered["several"] else "repeated"
                    )
            if row.faults:
                continue
            known.place(row)
            if not (row.target or row.alike or row.faults):
                row.alike = _perhaps(row, gathered["register"])
            if row.target and row.target in gathered["targets"]:
                row.wrong("name_zh", "same_record", lines=[gathered["targets"][row.target]])
            elif row.target:
                gathered["targets"][row.target] = row.line

    def complete(self, values):
        """A new record holds words, not nothing, where the list is silent."""
        return {key: values.get(key) or (None if key == "uscc" else "") for key in actions.LISTED}

    def state(self, numbers, lock=False):
        """What a list can change of these organisations."""
        rows = Organisation.objects.filter(pk__in=numbers).order_by("pk")
        if lock:
            list(rows.select_for_update().values_list("pk"))
        return {
            pk: dict(zip(actions.LISTED, values, strict=True))
            for pk, *values in rows.values_list("pk", *actions.LISTED)
        }

    def conflicts(self, rows):
        """Codes and names that another organisation has by now."""
        names = {row.fields.get("name_zh") for row in rows} - {None}
        codes = {row.fields.get("uscc") for row in rows} - {None}
        owners = _owners(names, codes)
        return {
            row.pk: "taken"
            for row in rows
            if (owners[row.fields.get("name_zh")] | owners[row.fields.get("uscc")]) - {row.target}
        }

    def add(self, *, rows, by, run):
        """New organisations."""
        return actions.record_organisations(rows=rows, by=by, run=run)

    def change(self, *, rows, by, run):
        """What differs."""
        actions.change_organisations(rows=rows, by=by, run=run)

    def remove(self, *, numbers, by, run):
        """Organisations of this run from which nothing has grown."""
        return actions.take_back_organisations(numbers=numbers, by=by, run=run)

    def names(self, numbers):
        """Name and page."""
        rows = Organisation.objects.filter(pk__in=numbers)
        return {row.pk: (row.name, reverse("member", args=[row.pk])) for row in rows}


class _Known:
    """The organisations that rows name outright: by code, by a full name, by another of their names."""

    def __init__(self, rows):
        names = {row.values.get("name_zh") for row in rows} - {None}
        codes = {row.values.get("uscc") for row in rows} - {None}
        self.full, self.by_code, self.codes = {}, {}, {}
        self.other = defaultdict(set)
        found = Organisation.objects.filter(Q(name_zh__in=names) | Q(short_zh__in=names) | Q(uscc__in=codes))
        for pk, name, short, code, parent in found.values_list(
            "pk", "name_zh", "short_zh", "uscc", "parent_id"
        ):
            self.codes[pk] = code
            self.by_code[code] = pk
            if parent is None:
                self.full[name] = pk
            else:
                self.other[name].add(pk)
            self.other[short].add(pk)
        aliases = OrganisationAlias.objects.filter(name__in=names)
        for pk, name, code in aliases.values_list("organisation_id", "name", "organisation__uscc"):
            self.codes[pk] = code
            self.other[name].add(pk)

    def place(self, row):
        """Find the row's record, or say why there can be none."""
        name, code = row.values["name_zh"], row.values.get("uscc")
        coded, named = self.by_code.get(code) if code else None, self.full.get(name)
        others = self.other[name] - {named}
        if coded and named and coded != named:
            row.wrong("name_zh", "name_of_another")
        elif coded and (named or coded in others):
            self._is(row, coded, keeps_name=not named)
        elif coded:
            row.alike = [{"id": coded, "why": "same_code", "sure": True, "only": True}]
        elif named and code and self.codes[named]:
            row.wrong("uscc", "code_differs", known=self.codes[named])
        elif named:
            row.target = named
        elif others:
            self._perhaps_under_another_name(row, others, code)

    def _is(self, row, pk, *, keeps_name):
        row.target = pk
        if keeps_name:
            self._leave_name(row)

    def _perhaps_under_another_name(self, row, others, code):
        """One whose short or other name stands in the list; the register takes no second record of that name."""
        fit = sorted(pk for pk in others if not (code and self.codes[pk]))
        if not fit:
            row.wrong("name_zh", "name_of_another")
            return
        row.alike = [{"id": pk, "why": "name", "sure": len(fit) == 1, "only": True} for pk in fit]
        self._leave_name(row)

    def _leave_name(self, row):
        """The record keeps its full name: the list only calls it by another one."""
        row.values.pop("name_zh")
        row.notes.append({"column": "name_zh", "code": "other_name"})


def _perhaps(row, register):
    """Records with something in common, except those that a code of their own tells apart."""
    code = row.values.get("uscc") or ""
    found = register.like(row.values["name_zh"], row.values.get("short_zh") or "", code)
    return [{"id": pk, "why": why, "sure": why == "code", "only": False} for pk, why in found]


def _owners(names, codes):
    """{name or code: organisations that bear it}, by full name, short name, other name or credit code."""
    owners = defaultdict(set)
    bear = Q(name_zh__in=names) | Q(short_zh__in=names) | Q(uscc__in=codes)
    for pk, *words in Organisation.objects.filter(bear).values_list("pk", "name_zh", "short_zh", "uscc"):
        for word in words:
            owners[word].add(pk)
    aliases = OrganisationAlias.objects.filter(name__in=names)
    for pk, name in aliases.values_list("organisation_id", "name"):
        owners[name].add(pk)
    owners[None] = owners[""] = set()
    return owners
