"""The public home: what the consortium is, figures that open, the three models, notices, organisations."""

from django.db.models import Prefetch
from django.shortcuts import render

from consortium import clock, frame
from consortium.enums import OrganisationKind, PartyRole
from consortium.models import GovernanceBody, Organisation, OrganisationRole
from consortium.queries.notice import open_notices
from consortium.registry import registry

TILES = 6
CARDS = 8
# Who stands first among the organisations: those with a seat or a lead, then partners, enterprises before
# others, each in the document's order.
ORDER = (
    PartyRole.GUIDING_GOVERNMENT,
    PartyRole.CHAIR_UNIT,
    PartyRole.DIRECTOR_UNIT,
    PartyRole.LEAD,
    PartyRole.CO_LEAD,
    PartyRole.MEMBER_UNIT,
    PartyRole.PARTNER,
)


def home(request):
    """The page that everybody may read; a figure without rows is left out, never shown as 0."""
    now = clock.now()
    figures = [figure for make in registry.figures for figure in make(now) if figure.value]
    counts = {}
    for make in registry.map_counts:
        counts.update(make(now))
    bodies = {body.name_zh: body for body in GovernanceBody.objects.all().order_by("pk")}
    return render(
        request,
        "consortium/home.html",
        {
            "figures": figures[:TILES],
            "as_of": now,
            "models": frame.models(bodies, counts),
            "notices": list(open_notices(now)[:4]),
            "organisations": _organisations(),
        },
    )


def _organisations():
    """Organisations to which the document gives a role, the seats first: each with its first role."""
    rows = (
        Organisation.objects.filter(roles__isnull=False)
        .distinct()
        .prefetch_related(Prefetch("roles", OrganisationRole.objects.select_related("body")))
        .order_by("pk")[:40]
    )

    def place(organisation):
        first = min(ORDER.index(role.role) for role in organisation.roles.all())
        return first, organisation.kind != OrganisationKind.ENTERPRISE, organisation.pk

    chosen = sorted(rows, key=place)[:CARDS]
    for organisation in chosen:
        roles = sorted(organisation.roles.all(), key=lambda role: ORDER.index(role.role))
        organisation.first_role = roles[0]
        organisation.conflicts = len(roles) - 1
    return chosen
