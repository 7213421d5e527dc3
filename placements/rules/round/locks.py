"""What is locked from the request for opening on, and what to do instead."""

from django.utils.translation import gettext as _

from consortium.refusals import Refused
from placements.enums import RoundState


def settings_lock(round):
    """Why settings cannot be changed in this state, as a refusal that says what to do instead; None when planned."""
    if round.state == RoundState.PLANNED:
        return None
    if round.state == RoundState.CONFIGURED:
        return _locked(
            round,
            _("Opening was asked for with these settings, so they cannot be changed now."),
            _("Take the request back, change the settings, then ask again."),
        )
    if round.state == RoundState.CANCELLED:
        return _locked(round, _("This round was cancelled."), _("Plan another one with its settings."))
    return _locked(
        round,
        _(
            "The round has opened and its settings are locked. Only the closing time can be extended, "
            "by two persons and with a public note."
        ),
        _("Whatever else has to change is set in the next round, which can be copied from this one."),
    )


def caps_lock(round):
    """The same for caps: what to do when a mentor or a base can take fewer or more students than its cap says."""
    if round.state in (RoundState.OPEN, RoundState.RANKING, RoundState.READY):
        return _locked(
            round,
            _(
                "The round has opened and its caps are locked, so that nobody can shift a result while lists and scores come in."
            ),
            _(
                "If somebody can take fewer students, their project is withdrawn from the round before it is frozen. "
                "If somebody can take more, the places are offered in a second round."
            ),
        )
    if round.state in (RoundState.PLANNED, RoundState.CONFIGURED, RoundState.CANCELLED):
        return settings_lock(round)
    return _locked(
        round,
        _("The round is frozen with these caps; the result rests on them."),
        _("Further places are offered in a second round."),
    )


def _locked(round, sentence, remedy):
    way = {"url": round.get_absolute_url(), "url_label": _("Open the round")}
    return Refused(sentence, remedy=remedy, code="locked", **way)
