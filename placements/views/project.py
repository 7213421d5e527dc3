"""The list of projects, one project, several side by side, and the button that puts one on a list."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium import clock, exports
from consortium.access import permitted
from consortium.remembered import known_by
from consortium.roles import Permission
from placements.actions import application as actions
from placements.enums import Field, ProjectState
from placements.queries import browse
from placements.queries.application import (
    current_round,
    entries_of,
    entry_of,
    my_list,
    rounds_now,
    student_of,
)
from placements.queries.demand import demands_visible_to
from placements.queries.project import open_projects, projects_visible_to, with_page
from placements.rules import eligibility
from placements.rules import project as rules
from placements.rules.application import takes_lists
from placements.views import project_filters as filters
from placements.words import band_words, month_words, pay_words

PAGE = 20
MOST_COMPARED = 4
# What a card shows and what its conditions look at; the long texts of a project stay where they are.
CARD = (
    "title",
    "title_en",
    "summary",
    "field",
    "places",
    "months",
    "district",
    "bottleneck",
    "is_sample",
    "state",
    "degree",
    "level",
    "organisation__name_zh",
    "organisation__name_en",
    "organisation__short_zh",
)


class RankedRow(NamedTuple):
    """A row of the reader's own list beside the projects: everything that it shows."""

    code: str
    title: str
    url: str
    enterprise: str
    rank: int
    first: bool
    last: bool
    open: bool


@dataclass
class Reader:
    """Who reads the list: a student with a list in the open round, or anybody else."""

    student: object
    round: object
    mine: object
    open: bool
    undecided: tuple

    @classmethod
    def of(cls, request):
        """The reader of a request; a visitor has neither student nor list.

        Whether the round is open is only how the page is worded: every press asks the database's clock.
        """
        student, (round_, undecided) = student_of(request.user), rounds_now()
        mine = my_list(student, round_, brief=True) if student and round_ else None
        open_ = bool(round_) and takes_lists(round_, clock.reading())
        return cls(student, round_, mine, open_, undecided)

    @cached_property
    def places(self):
        """Project to its place on the reader's list."""
        return self.mine.places if self.mine else {}

    @cached_property
    def listed(self):
        """Projects on the reader's list."""
        return frozenset(self.places)

    @property
    def review_url(self):
        """Where the list is checked and handed in."""
        return reverse("application_review")


def projects(request):
    """Open projects that the reader may see, by words and conditions; the address holds all of it."""
    reader = Reader.of(request)
    conditions = browse.Conditions.of(request.GET, eligible=reader.student is not None)
    found = _search(request.user, reader, conditions)
    if asked := exports.wanted(request):
        rows = found.hits.select_related("organisation", "base")[: browse.LIMIT]
        return exports.export(rows, _columns(), asked, _("Project list"))
    paginator = Paginator(found.hits.select_related("organisation").only(*CARD), PAGE)
    paginator.count = found.total
    page = paginator.get_page(request.GET.get("page"))
    # Kept in the page itself: whatever asks for its length would read the rows again.
    rows = page.object_list
    page.object_list = found.catalogue.shown(known_by(rows), lambda: list(rows))
    panel = filters.panel(request, conditions, found)
    return render(
        request,
        "placements/projects.html",
        {
            "reader": reader,
            "found": found,
            "total": filters.said(found.total, found.complete),
            "for_me": filters.said(found.eligible, found.complete),
            "page": page,
            "cards": _cards(request, reader, found, page),
            "ranked": _ranked(reader),
            "panel": panel.html,
            "only": filters.only(request, reader, conditions, found),
            "active": [option for chosen in panel.chosen.values() for option in chosen],
            "clear_url": filters.address(request, clear=True),
            "query": conditions.query,
            "keep": filters.kept(request),
            "sorts": filters.sorts(request, conditions),
            "ways_out": filters.ways_out(request, conditions, found, panel.chosen),
            "xlsx_url": filters.address(request, format="xlsx"),
            "csv_url": filters.address(request, format="csv"),
            "compare_url": _compare_url(list(reader.mine.places)) if reader.mine else "",
            "tray": _tray(reader),
        },
    )


def project(request, pk):
    """One project with everything a student decides by; what speaks against listing it stands on top."""
    shown = get_object_or_404(with_page(projects_visible_to(request.user)), pk=pk)
    reader = Reader.of(request)
    entry = entry_of(shown, reader.round or current_round())
    reasons = eligibility.project_reasons(reader.student, shown) if reader.student else []
    place = reader.mine.place_of(shown.pk) if reader.mine else None
    return render(
        request,
        "placements/project.html",
        {
            "project": shown,
            "reader": reader,
            "entry": entry,
            "facts": _facts(shown),
            "lines": {name: _lines(getattr(shown, name)) for name in ("aims", "tasks", "deliverables")},
            "checklist": eligibility.checklist(reader.student, shown) if reader.student else [],
            "reasons": reasons,
            "place": place,
            "next_place": len(reader.mine.rows) + 1 if reader.mine else 1,
            "full": bool(reader.mine) and len(reader.mine.rows) >= reader.round.max_preferences,
            "can_list": bool(
                reader.student and reader.open and entry and not entry.withdrawn_at and not reasons
            ),
            "work": _work(request.user, shown),
            "demand": demands_visible_to(request.user).filter(pk=shown.demand_id).first(),
            "accreditation": shown.base.latest_accreditation if shown.base else None,
            "interest": band_words(entry.interest) if entry and entry.interest else "",
            "is_open": shown.state == ProjectState.OPEN,
            "here": request.get_full_path(),
            "compare_url": _compare_url([shown.pk, *reader.listed]),
            "similar_url": f"{reverse('projects')}?{urlencode({'field': shown.field})}",
        },
    )


def _work(user, shown):
    """Where whoever writes, approves or amends the project goes on with it: (address, label), else nothing."""
    approving = shown.state == ProjectState.SUBMITTED and rules.may_approve(user, shown)
    if approving and not rules.is_own_approval(user, shown):
        return reverse("approval", args=[shown.pk]), _("Check the project")
    writes = rules.may_edit(user, shown)
    if not (writes or rules.may_amend(user, shown)):
        return None
    if writes and shown.state in rules.EDITABLE:
        label = _("Change the project") if shown.state == ProjectState.RETURNED else _("Go on writing")
    else:
        label = _("Wording and changes") if shown.state in rules.SETTLED else _("Where it stands")
    return reverse("project_edit", args=[shown.pk]), label


def project_compare(request):
    """Up to four projects side by side: `?p=1&p=2`, `mine=1` for those of one's own list after them.

    Those the reader may not see are left out in silence.
    """
    reader = Reader.of(request)
    asked = [
        int(key) for key in request.GET.getlist("p") if key.isascii() and key.isdigit() and len(key) < 12
    ]
    keys = list(dict.fromkeys([*asked[:20], *(reader.places if "mine" in request.GET else ())]))
    visible = with_page(projects_visible_to(request.user))
    found = {row.pk: row for row in visible.filter(pk__in=keys)}
    shown = [found[key] for key in keys if key in found][:MOST_COMPARED]
    entries = {row.project_id: row for row in entries_of(reader.round).filter(project__in=shown)}
    columns = [_column(request, reader, row, entries.get(row.pk)) for row in shown]
    others = (
        [row for row in reader.mine.rows if row.round_project.project_id not in found] if reader.mine else []
    )
    return render(
        request,
        "placements/project_compare.html",
        {
            "columns": columns,
            "rows": [
                {"label": label, "cells": [column["facts"][at]["value"] for column in columns]}
                for at, label in enumerate(fact["label"] for fact in (columns[0]["facts"] if columns else []))
            ],
            "others": [
                {
                    "title": row.round_project.project.name,
                    "url": _compare_url([*found, row.round_project.project_id]),
                }
                for row in others
            ]
            if len(shown) < MOST_COMPARED
            else [],
            "most": MOST_COMPARED,
        },
    )


@require_POST
@permitted(Permission.SUBMIT_APPLICATION)
def choice_add(request, pk):
    """Put a project at the end of one's own list and return to where the press was made."""
    entry = _entry(request, pk)
    actions.add_choice(student=request.user.student, round_project=entry, by=request.user)
    place = entry_place(request.user.student, entry)
    messages.success(
        request,
        _("“%(project)s” is choice %(place)d of your draft.")
        % {"project": entry.project.name, "place": place},
    )
    return _back(request)


@require_POST
@permitted(Permission.SUBMIT_APPLICATION)
def choice_remove(request, pk):
    """Take a project off one's own draft and return to where the press was made."""
    entry = _entry(request, pk, withdrawn_too=True)
    mine = my_list(request.user.student, entry.round)
    if mine.application:
        actions.remove_choice(application=mine.application, round_project=entry, by=request.user)
        messages.success(request, _("“%(project)s” is off your draft.") % {"project": entry.project.name})
    return _back(request)


def entry_place(student, entry):
    """The place of an entry in the student's draft."""
    return my_list(student, entry.round).place_of(entry.project_id)


def _entry(request, pk, withdrawn_too=False):
    """The visible project's row in the round that concerns students now; 404 for whoever has no student record."""
    if student_of(request.user) is None:
        raise Http404
    rows = entries_of(current_round())
    if not withdrawn_too:
        rows = rows.filter(project__in=projects_visible_to(request.user))
    return get_object_or_404(rows, project=pk)


def _back(request):
    url = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return redirect(url if safe else "application")


def _search(user, reader, conditions):
    may_list = open_to = None
    if reader.student:
        open_to = eligibility.open_to(reader.student)

        def may_list(row):
            return eligibility.may_list(reader.student, row)

    return browse.search(
        open_projects(user, reader.undecided),
        conditions,
        may_list=may_list,
        open_to=open_to,
        listed=reader.listed,
    )


# What a row shows


class Standing(NamedTuple):
    """What a project is to the reader: all of a card that does not hang on the project alone."""

    rank: int | None = None
    fit: str = ""
    fit_tone: str = ""
    can_add: bool = False
    takes: bool = False
    compares: str = ""


def _standing(request, reader, project):
    if not reader.student:
        return Standing(compares="alone" if request.user.is_authenticated else "")
    reasons = eligibility.project_reasons(reader.student, project)
    return Standing(
        reader.places.get(project.pk),
        reasons[0].sentence if reasons else _("You qualify"),
        "amber" if reasons else "green",
        reader.open and not reasons,
        reader.open,
        "mine" if reader.places else "alone",
    )


def _cards(request, reader, found, projects):
    """The cards of a page as HTML; most of a page is the same for the next reader."""
    language, cards = get_language(), []
    for project in projects:
        standing = _standing(request, reader, project)

        def card(project=project, standing=standing):
            return render_to_string("placements/_project_card.html", {"card": _card(project, standing)})

        cards.append(found.catalogue.shown((project.pk, language, standing), card))
    return cards


def _ranked(reader):
    """The rows of the reader's list as HTML."""
    if not reader.mine:
        return []
    last, language = len(reader.mine.rows), get_language()
    return [_ranked_row(language, _row_of(choice, last, reader.open)) for choice in reader.mine.rows]


def _row_of(choice, last, open_):
    project, at = choice.round_project.project, choice.rank
    return RankedRow(
        choice.round_project.code,
        project.name,
        project.get_absolute_url(),
        project.organisation.short,
        at,
        at == 1,
        at == last,
        open_,
    )


@lru_cache(maxsize=4096)
def _ranked_row(_language, row):
    """Many students list the same projects at the same places; a row is kept as what it shows."""
    return render_to_string("placements/_ranked_row.html", {"row": row})


def _card(project, standing):
    names = {"title": project.name}
    compare_url = f"{reverse('project_compare')}?p={project.pk}" if standing.compares else ""
    return {
        "title": project.name,
        "url": project.get_absolute_url(),
        "enterprise": project.organisation.short,
        "field": Field(project.field).label if project.field else "",
        "problem": project.summary,
        "places": project.places,
        "months": project.months,
        "place": project.district,
        "sample": project.is_sample,
        "tags": [str(_("Bottleneck technology"))] if project.bottleneck else [],
        "rank": standing.rank,
        "fit": standing.fit,
        "fit_tone": standing.fit_tone,
        "can_add": standing.can_add,
        "add_url": reverse("choice_add", args=[project.pk]) if standing.takes else "",
        "remove_url": reverse("choice_remove", args=[project.pk]) if standing.takes and standing.rank else "",
        "compare_url": f"{compare_url}&mine=1" if standing.compares == "mine" else compare_url,
        "compare_label": _("Compare “%(title)s” with my choices") % names,
        "add_label": _("Add to my list: “%(title)s”") % names,
        "remove_label": _("Remove “%(title)s”") % names,
    }


def _facts(project):
    return [
        {
            "label": _("Places"),
            "value": ngettext("%(n)d place", "%(n)d places", project.places) % {"n": project.places},
        },
        {
            "label": _("Length"),
            "value": ngettext("%(n)d month", "%(n)d months", project.months) % {"n": project.months},
        },
        {"label": _("Start"), "value": month_words(project.starts_on)},
        {"label": _("Where"), "value": project.district},
        {"label": _("Stipend"), "value": pay_words(project.stipend)},
        {"label": _("Housing"), "value": project.get_housing_display()},
    ]


def _column(request, reader, project, entry):
    skills = _(", ").join(skill.name for skill in project.skills_required.all()) or _("None named")
    facts = [
        {"label": _("Enterprise"), "value": project.organisation.name},
        {"label": _("Field"), "value": project.get_field_display()},
        *_facts(project),
        {"label": _("Degree asked for"), "value": project.get_degree_display()},
        {"label": _("Skills needed"), "value": skills},
        {"label": _("Real problem"), "value": project.problem},
        {"label": _("Intellectual property"), "value": project.ip_terms},
        {"label": _("Confidentiality"), "value": project.confidentiality_terms},
        {"label": _("Safety class"), "value": project.get_safety_class_display()},
    ]
    if reader.student:
        reasons = eligibility.project_reasons(reader.student, project)
        facts.append(
            {"label": _("Conditions"), "value": reasons[0].sentence if reasons else _("You qualify")}
        )
    if entry and entry.interest:
        facts.append({"label": _("Interest so far"), "value": band_words(entry.interest)})
    else:
        facts.append({"label": _("Interest so far"), "value": _("Counted tonight for the first time")})
    return {"card": _card(project, _standing(request, reader, project)), "facts": facts}


def _lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def _compare_url(keys):
    keys = list(dict.fromkeys(keys))[:MOST_COMPARED]
    return f"{reverse('project_compare')}?{urlencode([('p', key) for key in keys])}" if keys else ""


def _tray(reader):
    """The slots of the reader's list, for phones."""
    if not reader.mine:
        return []
    return [
        {"number": number, "filled": number <= len(reader.mine.rows)}
        for number in range(1, reader.round.max_preferences + 1)
    ]


def _columns():
    return [
        (_("Number"), lambda row: row.number),
        (_("Project"), lambda row: row.name),
        (_("Enterprise"), lambda row: row.organisation.name),
        (_("Field"), lambda row: row.get_field_display()),
        (_("Base"), lambda row: row.base.name if row.base else ""),
        (_("District"), lambda row: row.district),
        (_("Places"), lambda row: row.places),
        (_("Months"), lambda row: row.months),
        (_("Start"), lambda row: row.starts_on),
        (_("Stipend a month (yuan)"), lambda row: row.stipend),
        (_("Degree asked for"), lambda row: row.get_degree_display()),
        (_("One sentence"), lambda row: row.summary),
    ]
