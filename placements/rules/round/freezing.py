"""What bars freezing, as a refusal that names the row to mend."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.refusals import Refused
from placements.enums import RoundState
from placements.rules import caps as cap_rules
from placements.rules.round.crossing import crossing_sentence


def freezing_obstacle(round):
    """Why the round cannot be frozen, as a refusal that names the row to mend; None when it can."""
    if round.state not in (RoundState.RANKING, RoundState.READY):
        return Refused(
            _("Only a round whose scores are complete can be frozen."), url=round.get_absolute_url()
        )
    rows = list(round.round_projects.filter(withdrawn_at=None).select_related("project").order_by("pk"))
    if not sum(row.places for row in rows):
        return Refused(
            _("This round offers no places: all its projects were withdrawn."),
            remedy=_("Plan another round when there are projects again."),
            url=reverse("projects"),
            url_label=_("See the projects"),
        )
    if not round.round_students.exists():
        return Refused(
            _("No student handed in a list, so there is nothing to compute."),
            remedy=_("Plan another round with a later closing time."),
            url=reverse("rounds"),
            url_label=_("See the rounds"),
        )
    return _cap_obstacle(round, rows)


def _cap_obstacle(round, rows):
    projects = [row.project for row in rows]
    held = cap_rules.members(round.caps.all(), projects)
    crossing = cap_rules.crossing(held)
    url, label = reverse("projects"), _("See the projects")
    if crossing:
        return Refused(
            crossing_sentence(crossing, projects),
            remedy=_("Caps are locked since the opening: withdraw “%(project)s” from the round instead.")
            % {"project": next(project.name for project in projects if project.pk == crossing[2])},
            url=url,
            url_label=label,
            row=crossing[0].pk,
        )
    for cap, held_ids in held:
        if held_ids and not cap.capacity:
            return Refused(
                _("The cap “%(cap)s” is 0, so none of its %(n)d projects could take anybody.")
                % {"cap": cap.label, "n": len(held_ids)},
                remedy=_("Caps are locked since the opening: withdraw these projects from the round."),
                url=url,
                url_label=label,
                row=cap.pk,
            )
    return None
