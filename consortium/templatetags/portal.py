"""Tags and filters of the pages: icons, badges, dates, numbers, form keys.

Dates are said in Beijing time and in the reader's language. A date or a number with its unit
never breaks across lines, so it comes in a ``.nw`` element; where plain text is needed (an
attribute, a title) use the filters that end in ``_text``.
"""

import logging
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.http import QueryDict
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, ngettext, pgettext

from consortium import badges, icons
from consortium.clock import reading
from consortium.queries import contact
from consortium.rules.job import silence

register = template.Library()
log = logging.getLogger(__name__)
BEIJING = ZoneInfo("Asia/Shanghai")


# --- drawings and marks


@register.simple_tag
def icon(name, label=""):
    """A drawing of the sprite. Without `label` it is ornament and hidden from screen readers."""
    try:
        name = icons.drawing(name)
    except KeyError:
        if settings.TESTING or settings.DEBUG:
            raise
        log.warning("icon.unknown", extra={"icon": name})
        return ""
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, _source(name)
        )
    return _ornament(name)


@cache
def _ornament(name):
    """A page has hundreds of them, and they are always the same."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', _source(name))


def _source(name):
    return f"{static('vendor/icons.svg')}#{name}"


@register.simple_tag
def badge(kind, state, turn=False, label=""):
    """The badge of a state; `turn=True` when the viewer has to act; `label` overrides the word."""
    shown = badges.look(kind, state, turn=turn)
    return _badge(shown.tone, label or shown.label)


@register.simple_tag
def tone(name, label):
    """A badge by its tone, for words that are not the state of a record."""
    return _badge(name, label)


@register.simple_tag
def glyph(name):
    """Only the drawing of a tone, where the word stands beside it."""
    return _glyph(name)


@register.simple_tag
def sample():
    """The dashed mark that every invented thing carries."""
    return format_html('<span class="sample">{}</span>', gettext("sample"))


@register.simple_tag
def count(number):
    """The amber counter of things that wait for the viewer; nothing when there is none."""
    if not number:
        return ""
    number += 0  # a lazy number becomes a plain one
    shown = number if number < 100 else "99+"
    said = ngettext("%(n)d waiting for you", "%(n)d waiting for you", number) % {"n": number}
    return format_html(
        '<span class="count"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        shown,
        said,
    )


@cache
def _glyph(name):
    drawing = mark_safe(badges.GLYPHS[name])  # a constant of our own
    return format_html('<svg class="glyph" viewBox="0 0 12 12" aria-hidden="true">{}</svg>', drawing)


def _badge(tone_name, word):
    return format_html('<span class="badge-state tone-{}">{}{}</span>', tone_name, _glyph(tone_name), word)


@register.filter
def places_text(number):
    """Two places, in words."""
    return ngettext("%(n)d place", "%(n)d places", number) % {"n": number}


@register.filter
def months_text(number):
    """Six months, in words."""
    return ngettext("%(n)d month", "%(n)d months", number) % {"n": number}


# --- dates


@register.filter
def day(value, plain=False):
    """2026年3月5日 / 5 Mar 2026."""
    if type(value) is date and not plain:
        return _day_element(value, get_language())
    said = day_text(value)
    return said if plain else _time_element(value, said)


@lru_cache(maxsize=2000)
def _day_element(value, _language):
    """A list says the same few days again and again."""
    return _time_element(value, day_text(value))


@register.filter
def day_text(value):
    """The same as plain text."""
    return _said(value, pgettext("date format", "j M Y"))


@register.filter
def day_short(value, plain=False):
    """3月5日 / 5 Mar, and the year when it is not this one."""
    said = day_short_text(value)
    return said if plain else _time_element(value, said)


@register.filter
def day_short_text(value):
    """The same as plain text."""
    if _is_this_year(value):
        return _said(value, pgettext("date format", "j M"))
    return day_text(value)


@register.filter
def moment(value, plain=False):
    """3月5日 17:00 / 5 Mar 17:00, with the year when it is not this one."""
    said = moment_text(value)
    return said if plain else _time_element(value, said)


@register.filter
def moment_text(value):
    """The same as plain text."""
    if _is_this_year(value):
        return _said(value, pgettext("date format", "j M H:i"))
    return _said(value, pgettext("date format", "j M Y H:i"))


@register.filter
def moment_zone(value, plain=False):
    """2026年3月5日 17:00（北京时间）: for every deadline."""
    said = moment_zone_text(value)
    if plain or not said:
        return said
    first = _said(value, pgettext("date format", "j M Y H:i"))
    zone = said.replace(first, "", 1)
    gap = " " if zone.startswith(" ") else ""
    # Two parts that each hold together, so that a phone may put the zone on the next line.
    return format_html(
        '<time datetime="{}"><span class="nw">{}</span>{}<wbr><span class="nw">{}</span></time>',
        _local(value).isoformat(),
        first,
        gap,
        zone.strip(),
    )


@register.filter
def moment_zone_text(value):
    """The same as plain text."""
    said = _said(value, pgettext("date format", "j M Y H:i"))
    return gettext("%(moment)s (Beijing time)") % {"moment": said} if said else ""


@register.filter
def clock_time(value):
    """17:00."""
    return _time_element(value, _said(value, "H:i"))


@register.filter
def remaining(value):
    """还剩3天6小时 under a week, 还剩12天 above it, 已截止 afterwards; as text."""
    moment_ = _local(value)
    if moment_ is None:
        return ""
    left = moment_ - reading()
    if left <= timedelta(0):
        return pgettext("deadline", "closed")
    return gettext("%(span)s left") % {"span": _span(left)}


def _span(left):
    """How long, in the two largest units that still say something."""
    minutes = int(left.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    in_days = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    in_hours = ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    in_minutes = ngettext("%(n)d minute", "%(n)d minutes", max(minutes, 1)) % {"n": max(minutes, 1)}
    if days >= 7 or (days and not hours):
        return in_days
    if days:
        return pgettext("days and hours", "%(first)s %(second)s") % {"first": in_days, "second": in_hours}
    if hours and minutes:
        return pgettext("hours and minutes", "%(first)s %(second)s") % {
            "first": in_hours,
            "second": in_minutes,
        }
    return in_hours if hours else in_minutes


def _local(value):
    """A moment in Beijing; a bare date is its own midnight there."""
    if isinstance(value, str) and value:
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return (
            timezone.localtime(value, BEIJING) if timezone.is_aware(value) else value.replace(tzinfo=BEIJING)
        )
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=BEIJING)
    return None


def _said(value, shape):
    moment_ = _local(value)
    return dateformat.format(moment_, shape) if moment_ else ""


def _is_this_year(value):
    moment_ = _local(value)
    return moment_ is not None and moment_.year == timezone.localtime(reading(), BEIJING).year


def _time_element(value, said):
    if not said:
        return ""
    moment_ = _local(value)
    exact = isinstance(value, datetime) or (isinstance(value, str) and "T" in value)
    machine = moment_.isoformat() if exact else moment_.date().isoformat()
    return format_html('<time class="nw" datetime="{}">{}</time>', machine, said)


# --- numbers


@register.filter
def figure(value):
    """Numbers as pages say them: bare below 10000, then 万 and 亿; thousands grouped in English."""
    try:
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return "" if value is None else value
    if not (get_language() or "").startswith("zh"):
        return f"{_plain(number)}" if abs(number) < 10000 else f"{number:,.0f}"
    for size, word in ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万")):
        if abs(number) >= size:
            return f"{_plain(round(number / size, 2))}{word}"
    return _plain(number)


@register.filter
def bound_number(value, bound="exact"):
    """A number with the word its source used: 近300, 1000余, 至多20. Only ever beside a computed one."""
    said = figure(value)
    shape = {
        "nearly": pgettext("bound", "nearly %(n)s"),
        "at_least": pgettext("bound", "over %(n)s"),
        "at_most": pgettext("bound", "at most %(n)s"),
        "more": pgettext("bound", "more than %(n)s"),
        "about": pgettext("bound", "about %(n)s"),
    }.get(str(bound))
    return shape % {"n": said} if shape else said


@register.filter
def percent(part, whole=None):
    """One decimal and the sign; with `whole` the share of it. Empty when there is nothing to share."""
    try:
        number = Decimal(str(part))
        if whole is not None:
            whole = Decimal(str(whole))
            if not whole:
                return ""
            number = number * 100 / whole
    except (InvalidOperation, ValueError):
        return ""
    return f"{number:.1f}%"


def _plain(number):
    """The digits without a tail of zeros."""
    said = f"{number:f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


# --- forms and links


@register.simple_tag
def form_key():
    """The hidden key that makes a second press of the same form one and the same deed."""
    return format_html('<input type="hidden" name="form_key" value="{}">', uuid.uuid4().hex)


@register.simple_tag(takes_context=True)
def csrf(context):
    """The forgery token, also inside a partial that was included with `only`; masked once for all forms of a page."""
    request = _request(context)
    if request is None:
        return ""
    if not hasattr(request, "_csrf_field"):
        request._csrf_field = format_html(
            '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request)
        )
    return request._csrf_field


def _request(context):
    """The request, which a partial included with `only` still carries beside its variables."""
    return getattr(context, "request", None) or context.get("request")


@register.simple_tag(takes_context=True)
def query_toggle(context, name, value):
    """The address with this filter value put in, or taken out when it is there; always page 1."""
    request = _request(context)
    query = QueryDict(mutable=True) if request is None else request.GET.copy()
    query.pop("page", None)
    chosen, value = query.getlist(name), str(value)
    query.setlist(name, [one for one in chosen if one != value] if value in chosen else [*chosen, value])
    return f"?{query.urlencode()}"


@register.simple_tag
def server_time():
    """The server's moment, for pages that count down by it and not by the device."""
    return reading().isoformat()


@register.simple_tag
def printed():
    """When the page was made, for its foot on paper."""
    return gettext("printed %(moment)s") % {"moment": moment_zone_text(reading())}


@register.simple_tag
def crumbs(*parts):
    """The path to a page: label, address, label, address, and last the page's own name."""
    steps = [(parts[at], parts[at + 1]) for at in range(0, len(parts) - 1, 2)]
    links = format_html_join("", '<li><a href="{}">{}</a></li>', ((url, label) for label, url in steps))
    last = format_html('<li aria-current="page">{}</li>', parts[-1]) if len(parts) % 2 else ""
    return format_html(
        '<nav class="crumbs" aria-label="{}"><ol>{}{}</ol></nav>', gettext("Where you are"), links, last
    )


@register.filter
def initial(name):
    """What stands in a person's round mark: the last character of a Chinese name, the first of others."""
    name = str(name or "").strip()
    if not name:
        return "?"
    return name[-1] if "\u4e00" <= name[-1] <= "\u9fff" else name[0].upper()


@register.filter
def masked_hash(value):
    """A fingerprint short enough to compare by eye: 3f9a…c21e."""
    value = str(value or "")
    return value if len(value) <= 12 else f"{value[:4]}…{value[-4:]}"


@register.filter
def masked_phone(value):
    """138…678."""
    return contact.masked_phone(value)


@register.filter
def masked_email(value):
    """s…@example.cn."""
    return contact.masked_email(value)


@register.filter
def is_checkbox(bound_field):
    """Whether a form field is one tick, whose label stands behind it."""
    return getattr(bound_field.field.widget, "input_type", "") == "checkbox" and not _is_group(bound_field)


@register.filter
def is_group(bound_field):
    """Whether a form field is several controls, which need a fieldset and a legend."""
    return _is_group(bound_field)


def _is_group(bound_field):
    widget = bound_field.field.widget
    return widget.use_fieldset and getattr(widget, "input_type", "") != "file"


@register.simple_tag
def control(bound_field, **attrs):
    """The control of a field with the portal's class and its help and errors tied to it."""
    widget = bound_field.field.widget
    kind = getattr(widget, "input_type", "select" if hasattr(widget, "choices") else "textarea")
    classes = {"checkbox": "form-check-input", "radio": "form-check-input", "select": "form-select"}
    given = {name.replace("_", "-"): value for name, value in attrs.items()}
    wanted = [widget.attrs.get("class", ""), classes.get(kind, "form-control"), given.pop("class", "")]
    if not _is_group(bound_field):  # a group hands its class to the box around it
        given["class"] = " ".join(part for part in wanted if part)
    tied = []
    if bound_field.help_text:
        tied.append(f"{bound_field.auto_id}_helptext")
    if bound_field.errors:
        tied.append(f"{bound_field.auto_id}_error")
        given["aria-invalid"] = "true"
        given["class"] = f"{given.get('class', '')} is-invalid".strip()
    if tied and not _is_group(bound_field):
        given["aria-describedby"] = " ".join(tied)
    return bound_field.as_widget(attrs=given)


@register.simple_tag
def table_cell(columns, at, value, state_at=None):
    """A cell of components/table.html, which on a phone says its column's name itself."""
    column = columns[at]
    classes = " ".join(
        name for name, on in (("num", column.get("num")), ("cell-state", at == state_at)) if on
    )
    marked = format_html(' class="{}"', classes) if classes else ""
    return format_html('<td{} data-label="{}">{}</td>', marked, column["label"], value)


@register.simple_tag
def job_view(job, may_stop):
    """A Job as components/job.html shows it; steps and kinds get their words from the badge table."""
    live = job.is_live
    return {
        "title": badges.look("job_kind", job.kind).label,
        "state": job.state,
        "value": job.done,
        "maximum": job.total if live else 0,
        "steps": [
            _job_step(step, last=at == len(job.steps), job=job) for at, step in enumerate(job.steps, 1)
        ],
        "alive_at": job.heartbeat_at,
        "silent": silence(job, reading()),
        "stop_url": reverse("job_stop", args=[job.pk]) if live and may_stop else "",
        "poll_url": job.get_absolute_url() if live else "",
        "why": job.error,
        "history": len(job.history),
    }


def _job_step(step, last, job):
    """One step: done with its seconds, or where the work stands or broke off."""
    ended = step.get("ended")
    state = "done" if ended else "current"
    if last and not job.is_live and str(job.state) != "done":
        state = "failed"
    note = ""
    if ended and step.get("started"):
        seconds = (_local(ended) - _local(step["started"])).total_seconds()
        note = gettext("%(n)s s") % {"n": f"{seconds:.1f}"}
    return {"label": badges.look("job_step", step["key"]).label, "state": state, "note": note}


@register.simple_tag
def either(*values):
    """The first that is there; where a partial takes a thing by two names."""
    return next((value for value in values if value), None)
