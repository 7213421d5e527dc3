"""The conditions of the project list as links: what each tap gives, and the way out of an empty list."""

from dataclasses import dataclass
from urllib.parse import quote_plus

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from consortium.enums import TalentType
from consortium.models import Organisation, Skill
from consortium.remembered import until_an_act_on
from placements.enums import Chain, Field
from placements.models import Base
from placements.queries import browse

SHOWN_OPTIONS = 8
MOST_OPTIONS = 24  # of one kind; a page with thousands of enterprises would help nobody


def said(number, complete):
    return str(number) if complete else f"{min(number, browse.LIMIT)}+"


@dataclass(frozen=True)
class Panel:
    """The kinds of condition as they are shown, and of each kind the options that are chosen."""

    html: str
    chosen: dict


def panel(request, conditions, found):
    """The panel of conditions, kept while nothing it names or counts changes."""
    return _panel(found.numbers, get_language(), address(request), request=request, conditions=conditions)


@until_an_act_on(most=160)
def _panel(numbers, _language, _address, *, request, conditions):
    shown = groups(request, conditions, numbers)
    return Panel(
        html=render_to_string("placements/_filters.html", {"groups": shown}),
        chosen={group["name"]: group["chosen"] for group in shown},
    )


def groups(request, conditions, found):
    """The kinds of condition with their values: what a tap gives; those chosen first kept in sight."""
    values = {facet.name: _values(facet, conditions, found) for facet in browse.FACETS}
    labels = _labels(values)
    titles = {
        "field": _("Field"),
        "chain": _("Chain"),
        "months": _("Length"),
        "district": _("Where"),
        "pay": _("Stipend a month"),
        "kind": _("Kind of engineer"),
        "skill": _("Skills"),
        "base": _("Base"),
        "enterprise": _("Enterprise"),
        "mark": _("Marks"),
    }
    shown = []
    for facet in browse.FACETS:
        ordered = _in_order(facet.name, values[facet.name], found.counts[facet.name], labels[facet.name])
        tap = _Tap(request, facet.name)
        options = [_option(facet, value, conditions, found, labels[facet.name], tap) for value in ordered]
        if options:
            shown.append(
                {
                    "name": facet.name,
                    "label": titles[facet.name],
                    "options": options[:SHOWN_OPTIONS],
                    "more": options[SHOWN_OPTIONS:],
                    "beyond": max(found.different[facet.name] - len(values[facet.name]), 0),
                    "chosen": [option for option in options if option["on"]],
                }
            )
    return shown


def _values(facet, conditions, found):
    """The values of a kind that are shown: the most frequent ones and those chosen."""
    counts = found.counts[facet.name]
    return {
        *conditions.chosen.get(facet.name, ()),
        *(value for value, _n in counts.most_common(MOST_OPTIONS)),
    }


def _option(facet, value, conditions, found, labels, tap):
    on = conditions.chosen.get(facet.name, ())
    chosen = value in on
    count = said(found.counts[facet.name][value], found.complete)
    if on and not chosen and not facet.each:
        count = f"+{count}"
    return {
        "value": value,
        "label": labels.get(value, value),
        "count": count,
        "on": chosen,
        "url": tap.off(value) if chosen else tap.on(value),
    }


class _Tap:
    """Addresses that put one more value of a kind on, or take one off; what they share is written once."""

    def __init__(self, request, name):
        self.request, self.name = request, name
        query = request.GET.copy()
        for other in ("page", "format"):
            query.pop(other, None)
        query.setlistdefault(name)
        names = list(query)
        at = names.index(name) + 1
        self.before = "".join(f"{part}&" for part in _parts(query, names[:at]))
        self.after = "".join(f"&{part}" for part in _parts(query, names[at:]))
        self.path = reverse("projects")

    def on(self, value):
        return f"{self.path}?{self.before}{self.name}={quote_plus(value)}{self.after}"

    def off(self, value):
        return address(self.request, toggle=(self.name, value))


def _parts(query, names):
    return [urlencode({name: value}) for name in names for value in query.getlist(name)]


def _in_order(name, values, counts, labels):
    if name == "months":
        return sorted(values, key=int)
    if name == "pay":
        return [key for key, _low, _high in browse.PAY_BANDS if key in values]
    known = [value for value in values if value in labels]
    return sorted(known, key=lambda value: (-counts[value], str(labels[value])))


def _labels(values):
    """Words for every value that shows; three small queries for those that are rows."""

    def named(name, model):
        return {str(row.pk): row for row in model.objects.filter(pk__in=values[name]).order_by("pk")}

    return {
        "field": dict(Field.choices),
        "chain": dict(Chain.choices),
        "kind": dict(TalentType.choices),
        "months": {
            key: ngettext("%(n)d month", "%(n)d months", int(key)) % {"n": int(key)}
            for key in values["months"]
        },
        "district": {key: key for key in values["district"] if key},
        "pay": {
            "0": _("Below 2000 yuan"),
            "2000": _("2000 to 2999 yuan"),
            "3000": _("3000 to 3999 yuan"),
            "4000": _("4000 yuan and more"),
        },
        "skill": {key: row.name for key, row in named("skill", Skill).items()},
        "base": {key: row.name for key, row in named("base", Base).items()},
        "enterprise": {key: row.short for key, row in named("enterprise", Organisation).items()},
        "mark": {"bottleneck": _("Bottleneck technology")},
    }


def only(request, reader, conditions, found):
    """What a student asks of the whole list. What is not for them can be looked at too, each with its reason."""
    if not reader.student:
        return []
    others = [
        {
            "label": _("I do not qualify"),
            "count": said(found.all - found.eligible, found.complete),
            "on": conditions.ineligible,
            "url": address(request, show=None if conditions.ineligible else "other"),
        }
    ]
    return [
        {
            "label": _("I qualify"),
            "count": said(found.eligible, found.complete),
            "on": conditions.eligible,
            "url": address(request, show="all" if conditions.eligible else None),
        },
        {
            "label": _("Not yet on my list"),
            "count": said(found.unlisted, found.complete),
            "on": conditions.unlisted,
            "url": address(request, unlisted=None if conditions.unlisted else "1"),
        },
        *(others if found.all > found.eligible or conditions.ineligible else []),
    ]


def sorts(request, conditions):
    words = {
        "newest": _("Newest first"),
        "start": _("Earliest start"),
        "pay": _("Highest stipend"),
        "months": _("Shortest first"),
    }
    return [
        {
            "label": label,
            "on": key == conditions.sort,
            "url": address(request, sort=None if key == "newest" else key),
        }
        for key, label in words.items()
    ]


def ways_out(request, conditions, found, chosen):
    """For an empty list: which single condition to leave off, and how many projects that gives."""
    if found.total:
        return []
    ways = []
    for name, number in found.without.items():
        if name in chosen:
            label = _(", ").join(str(option["label"]) for option in chosen[name])
            url = address(request, **{name: None})
        elif name == "eligible":
            label, url = _("I qualify"), address(request, show="all")
        else:
            label, url = _("Not yet on my list"), address(request, unlisted=None)
        ways.append({"label": label, "n": number, "url": url})
    return sorted(ways, key=lambda way: -way["n"])


def kept(request):
    return [
        {"name": name, "value": value}
        for name, values in request.GET.lists()
        for value in values
        if name not in ("q", "page", "format")
    ]


def address(request, *, toggle=None, clear=False, **changes):
    """The list's address with some of its parts changed; a changed condition starts at page 1."""
    query = request.GET.copy()
    for name in ("page", "format"):
        query.pop(name, None)
    if clear:
        for facet in browse.FACETS:
            query.pop(facet.name, None)
        query.pop("q", None)
        query.pop("unlisted", None)
    if toggle:
        name, value = toggle
        chosen = query.getlist(name)
        query.setlist(name, [one for one in chosen if one != value] if value in chosen else [*chosen, value])
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"{reverse('projects')}?{query.urlencode()}" if query else reverse("projects")
