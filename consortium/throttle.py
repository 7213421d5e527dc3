"""How often one visitor may do what anybody may do: ask for a link by mail, object on a public page."""

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.utils.translation import gettext as _

from consortium.refusals import Refused


class TooMany(Refused):
    """Too often within the hour: 429."""

    status = 429


def refuse_too_many(request, what, key):
    """Count one use of `what` for this visitor and `key`; refuse beyond the limit in the settings.

    The visitor's address is the one our own proxies name (TRUSTED_PROXIES): nobody uses up another's tries.
    """
    visitor = get_adapter().get_client_ip(request)
    if not ratelimit.consume(request, action=what, key=f"{key}:{visitor}"):
        raise TooMany(
            _("This was asked for too often within the hour; nothing was done."),
            remedy=_("What you typed is still here. Try again in an hour, or write to the secretariat."),
            code="too_many",
        )
