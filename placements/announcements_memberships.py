"""What a suspension or removal of a membership means here, counted: what waits, what goes on."""

from django.utils.translation import ngettext

from consortium.registry import registry
from placements.enums import DemandState, PlacementState, ProjectState
from placements.models import Demand, Placement, Project

WAITING_DEMANDS = (DemandState.DRAFT, DemandState.RETURNED)
WAITING_PROJECTS = (ProjectState.DRAFTED, ProjectState.RETURNED, ProjectState.SUBMITTED)
GOING_ON = (ProjectState.APPROVED, ProjectState.OPEN, ProjectState.MATCHED)


def announce():
    """Fill the registry; called once at start-up."""
    registry.membership_effects.append(effects_on)


def effects_on(organisation, user):
    """Three sentences with their figures; the rules themselves are `rules.membership.gap` and the red lines."""
    demands = Demand.objects.filter(organisation=organisation, state__in=WAITING_DEMANDS).count()
    projects = Project.objects.filter(organisation=organisation)
    waiting = projects.filter(state__in=WAITING_PROJECTS).count()
    going_on = projects.filter(state__in=GOING_ON).count()
    students = Placement.objects.filter(
        project__organisation=organisation, state=PlacementState.ACCEPTED
    ).count()
    return [
        ngettext(
            "New demands are not accepted; %(n)d in writing waits.",
            "New demands are not accepted; %(n)d in writing wait.",
            demands,
        )
        % {"n": demands},
        ngettext(
            "New projects are not approved; %(n)d not yet approved waits.",
            "New projects are not approved; %(n)d not yet approved wait.",
            waiting,
        )
        % {"n": waiting},
        ngettext(
            "%(n)d approved project stays in its round, so that no student's list breaks.",
            "%(n)d approved projects stay in their rounds, so that no student's list breaks.",
            going_on,
        )
        % {"n": going_on},
        ngettext(
            "%(n)d student with a place goes on to the end.",
            "%(n)d students with a place go on to the end.",
            students,
        )
        % {"n": students},
    ]
