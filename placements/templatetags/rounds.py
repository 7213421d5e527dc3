"""How pages say a setting of a round, whatever its kind."""

from datetime import datetime

from django import template
from django.utils.translation import gettext

from consortium.templatetags.portal import moment_zone

register = template.Library()


@register.filter
def setting(value):
    """A moment with its zone, a text as it is, and words for nothing."""
    if isinstance(value, datetime):
        return moment_zone(value)
    return gettext("empty") if value in ("", None) else value
