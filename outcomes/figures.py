"""The figures of the public home, each computed from its rows and opening exactly those; the document beside it.

A figure that the portal cannot compute, or that has no row yet, is not here and not there.
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock
from consortium.enums import PlatformClass
from consortium.models import Organisation
from consortium.queries.organisation import members_on, named_in_document
from consortium.registry import Figure
from mentors.queries.appointment import industry_mentors, industry_persons
from placements.enums import RoundState
from placements.models import MatchingRound
from placements.queries.base import valid_bases
from placements.queries.project import open_projects


def public_figures(now):
    """Figures for everybody, in the order in which the home shows them."""
    day = now.astimezone(clock.SHANGHAI).date()
    return [make(now, day) for make in (members, mentors, bases, projects, rounds, organisations)]


def members(now, day):
    """I01: organisations with an active membership."""
    rows = members_on(day)
    return Figure(
        code="I01",
        label=_("Council member units"),
        unit=_("units"),
        value=rows.count(),
        rows_url=f"{reverse('members')}?tab=active",
        as_of=now,
        document_says=_("nearly 300 units"),
        document_line=135,
        definition=_("Organisations with a confirmed membership whose term holds the day."),
        is_sample=rows.filter(is_sample=True).exists(),
    )


def mentors(now, day):
    """I07: persons in office as industry mentors or professors."""
    return Figure(
        code="I07",
        label=_("Industry mentors and professors"),
        unit=_("persons"),
        value=industry_persons(day),
        rows_url=f"{reverse('mentors')}?side=industry",
        as_of=now,
        document_says=_("nearly 300 persons"),
        document_line=129,
        definition=_(
            "Persons with an appointment in office as industry mentor or industry professor, each once."
        ),
        is_sample=industry_mentors(day).filter(user__is_sample=True).exists(),
    )


def bases(now, day):
    """I06: bases with an accreditation that holds the day."""
    rows = valid_bases(day)
    return Figure(
        code="I06",
        label=_("Practice bases"),
        unit=_("bases"),
        value=rows.count(),
        rows_url=reverse("bases"),
        as_of=now,
        document_says=_("over 100 bases"),
        document_line=96,
        definition=_("Bases with an accreditation whose validity holds the day."),
        is_sample=rows.filter(is_sample=True).exists(),
    )


def projects(now, day):
    """Open projects that everybody may read."""
    rows = open_projects(AnonymousUser())
    return Figure(
        code="open_projects",
        label=_("Open projects"),
        unit=_("projects"),
        value=rows.count(),
        rows_url=reverse("projects"),
        as_of=now,
        definition=_("Projects open for students' lists, of public level."),
        is_sample=rows.filter(is_sample=True).exists(),
    )


def rounds(now, day):
    """Rounds in which students hand in lists now."""
    rows = list(MatchingRound.objects.filter(state=RoundState.OPEN, closes_at__gt=now).order_by("pk")[:2])
    one = rows[0].get_absolute_url() if len(rows) == 1 else reverse("rounds")
    return Figure(
        code="open_rounds",
        label=_("Open rounds"),
        unit=_("rounds"),
        value=len(rows),
        rows_url=one,
        as_of=now,
        definition=_("Rounds between opening and closing."),
        is_sample=any(row.is_sample for row in rows),
    )


def organisations(now, day):
    """Organisations that the source document names."""
    return Figure(
        code="named",
        label=_("Units named in the report"),
        unit=_("units"),
        value=named_in_document().count(),
        rows_url=f"{reverse('members')}?tab=document",
        as_of=now,
        definition=_("Organisations and units of organisations that the report names, each with its line."),
    )


def map_counts(now):
    """Numbers for cells of the three models: {key: (rows, address)}, only where rows exist."""
    counts = {}
    chains = open_projects(AnonymousUser()).order_by().values_list("chain").annotate(n=Count("pk"))
    for chain, number in chains:
        key = chain if chain.startswith("chain_") else f"chain_{chain}"
        counts[key] = (number, f"{reverse('projects')}?chain={chain}")
    linked = Organisation.objects.filter(platforms__isnull=False).order_by()
    for value, number in linked.values_list("platforms__platform_class").annotate(
        n=Count("pk", distinct=True)
    ):
        if value in PlatformClass.values:
            counts[value] = (number, f"{reverse('platforms')}#{value}")
    return counts
