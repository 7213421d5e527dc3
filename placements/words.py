"""Small phrases that several pages of projects and lists share."""

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def band_words(band):
    """How many lists name a project, as a band that points to nobody."""
    return {
        "0-2": _("on 0 to 2 lists"),
        "3-5": _("on 3 to 5 lists"),
        "6+": _("on 6 lists or more"),
    }.get(band, "")


def pay_words(amount):
    """A stipend as pages say it."""
    return _("%(amount)d yuan a month") % {"amount": amount} if amount is not None else _("not stated")


def month_words(day):
    """2026年11月 / Nov 2026."""
    return dateformat.format(day, pgettext("month format", "M Y")) if day else ""


def sentences(first, second):
    """One sentence after the other, with the blank between them that the language has."""
    shape = pgettext("between sentences", "%(first)s %(second)s")
    return shape % {"first": first, "second": second}
