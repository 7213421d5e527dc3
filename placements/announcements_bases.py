"""What bases announce: navigation, messages, looks of states, readers of their papers, and mentors' loads."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consortium import badges, clock
from consortium.notifications import Message, register
from consortium.registry import Fact, NavItem, registry
from placements.models import BaseAccreditation
from placements.queries import base as queries
from placements.queries.owner import loads


def announce():
    """Fill the lists of the registry; called once, when the app is ready."""
    register(
        base_accredited=Message(
            subject=_("Your base has an accreditation on record"),
            body=_(
                "Accreditation %(number)s of “%(base)s” is recorded; its page shows from when to when it holds."
            ),
            action=_("Open the base"),
        ),
    )
    badges.register(
        "base",
        {
            "valid": (badges.GREEN, _("Valid")),
            "expiring": (badges.INDIGO, _("Ends soon")),
            "later": (badges.SLATE, _("Not begun")),
            "expired": (badges.RED, _("Expired")),
            "none": (badges.SLATE, _("Not accredited")),
        },
    )
    registry.nav.append(NavItem("staff", _("Bases"), "bases", "geo-alt", _("Practice"), 47))
    registry.organisation_facts.append(bases_of)
    registry.file_readers.append(reads_accreditation)
    registry.mentor_loads.append(loads)


def bases_of(organisation, user, day):
    """The bases of an organisation that the reader may see, each accreditation with its days."""
    rows = queries.bases_visible_to(user, day).filter(organisation=organisation)
    for base in rows.prefetch_related("accreditations__recorded_by").order_by("pk")[:30]:
        said = {"url": base.get_absolute_url(), "is_sample": base.is_sample}
        group, held = gettext("Bases"), list(base.accreditations.all())
        for row in held:
            yield Fact(
                group,
                base.name,
                note=gettext("Accreditation %(number)s") % {"number": row.number},
                since=row.valid_from,
                until=row.valid_to,
                by=row.recorded_by.name,
                entered=clock.day_of(row.recorded_at),
                **said,
            )
        if not held:
            yield Fact(
                group, base.name, note=gettext("Not accredited"), since=clock.day_of(base.created_at), **said
            )


def reads_accreditation(user, stored):
    """Whoever keeps bases reads the papers of accreditations."""
    return queries.keeps_bases(user) and BaseAccreditation.objects.filter(document=stored).exists()
