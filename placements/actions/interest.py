"""How much a project is wanted, as a band that points to nobody."""

from django.db.models import Count

from consortium.audit import action
from placements.enums import RoundState
from placements.models import MatchingRound, RoundProject
from placements.queries.application import latest_preferences


@action
def refresh_interest():
    """Count for each open round how many handed-in lists name a project, and keep the band alone: 0-2, 3-5, 6+.

    Returns how many bands changed. Numbers are never stored; once a night, so that no single list shows.
    """
    changed = 0
    for round_ in MatchingRound.objects.filter(state=RoundState.OPEN).order_by("pk"):
        counted = (
            latest_preferences(round_).order_by().values_list("round_project").annotate(lists=Count("pk"))
        )
        counts = dict(counted)
        bands = {}
        for pk in round_.round_projects.order_by("pk").values_list("pk", flat=True):
            bands.setdefault(_band(counts.get(pk, 0)), []).append(pk)
        for band, keys in bands.items():
            changed += RoundProject.objects.filter(pk__in=keys).exclude(interest=band).update(interest=band)
    return changed


def _band(lists):
    return "0-2" if lists <= 2 else "3-5" if lists <= 5 else "6+"
