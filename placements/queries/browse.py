"""The list of open projects: words, conditions with counts, order, pages.

The few columns that conditions look at are read for at most LIMIT of the newest hits and kept until the next act on a
project or a round. Everything that is counted is counted from them: what a tap on a condition would give, and what
leaving one off would give. The page of projects itself is one more query with the same conditions. Beyond LIMIT hits
figures are said as "5000+".
"""

from collections import Counter, namedtuple
from dataclasses import dataclass, field
from functools import reduce
from itertools import compress
from operator import and_

from django.db.models import Q

from consortium import remembered
from consortium.enums import TalentType
from placements.enums import Chain, Field
from placements.models import Project
from placements.search import matching, newest_matching

LIMIT = 5000
PAY_BANDS = (("0", 0, 2000), ("2000", 2000, 3000), ("3000", 3000, 4000), ("4000", 4000, None))
SORTS = {
    "newest": (),  # as `newest_matching` gives them
    "start": ("starts_on", "-pk"),
    "pay": ("-stipend", "-pk"),
    "months": ("months", "-pk"),
}
COLUMNS = (
    "pk",
    "state",
    "degree",
    "level",
    "field",
    "base_id",
    "organisation_id",
    "district",
    "stipend",
    "months",
    "talent_type",
    "chain",
    "bottleneck",
)
Row = namedtuple("Row", (*COLUMNS, "skills"))
# What the rules of who may list it look at: projects alike in this are judged once.
Judged = namedtuple("Judged", ("state", "degree", "months", "level"))
KEPT = 16  # catalogues: about 1 MB each at LIMIT hits
MOST_SHOWN = 400  # pieces of pages made of one catalogue's rows: about 2 kB each
SKILLS = (Project.skills_required.through, Project.skills_welcome.through)
MOST_VALUES = 200  # of one facet, the most frequent ones
CHANGED_BY = ("placements.project", "placements.matchinground", "placements.base", "consortium.organisation")


@dataclass(frozen=True)
class Facet:
    """A kind of condition: how a row answers it, and the same as a filter. `each`: several values must all hold."""

    name: str
    values: object
    condition: object
    each: bool = False


def _pay_of(row):
    return [
        key for key, low, high in PAY_BANDS if row.stipend >= low and (high is None or row.stipend < high)
    ]


def _pay_condition(values):
    condition = Q(pk__in=[])
    for key, low, high in PAY_BANDS:
        if key in values:
            condition |= Q(stipend__gte=low) if high is None else Q(stipend__gte=low, stipend__lt=high)
    return condition


def _one(name, lookup, attribute=None):
    attribute = attribute or lookup
    return Facet(
        name, lambda row: [str(getattr(row, attribute))], lambda values: Q(**{f"{lookup}__in": values})
    )


FACETS = (
    _one("field", "field"),
    _one("chain", "chain"),
    _one("months", "months"),
    _one("district", "district"),
    Facet("pay", _pay_of, _pay_condition),
    _one("kind", "talent_type"),
    Facet("skill", lambda row: row.skills, None, each=True),
    _one("base", "base_id"),
    _one("enterprise", "organisation_id"),
    Facet(
        "mark",
        lambda row: ["bottleneck"] if row.bottleneck else [],
        lambda values: Q(bottleneck=True) if "bottleneck" in values else Q(pk__in=[]),
    ),
)
NUMBERS = {"months", "base", "enterprise", "skill"}


@dataclass
class Conditions:
    """What the reader asks for, as the address says it. Values that mean nothing are dropped."""

    query: str = ""
    chosen: dict = field(default_factory=dict)
    eligible: bool = False
    ineligible: bool = False
    unlisted: bool = False
    sort: str = "newest"

    @property
    def counted_by(self):
        """What counts hang on, to be compared; the order is not among it."""
        chosen = tuple((name, tuple(values)) for name, values in self.chosen.items())
        return self.query, chosen, self.eligible, self.ineligible, self.unlisted

    @classmethod
    def of(cls, data, *, eligible):
        """From the query of an address; `eligible` is what holds when the address says nothing of it."""
        chosen = {}
        for facet in FACETS:
            values = [value for value in data.getlist(facet.name) if _sane(facet.name, value)]
            if values:
                chosen[facet.name] = list(dict.fromkeys(values))[:20]
        sort = data.get("sort", "newest")
        wanted = data.get("show")
        return cls(
            query=data.get("q", "").strip()[:60].replace("\x00", ""),
            chosen=chosen,
            eligible=eligible and wanted not in ("all", "other"),
            ineligible=eligible and wanted == "other",
            unlisted=data.get("unlisted") == "1",
            sort=sort if sort in SORTS else "newest",
        )


def _sane(name, value):
    if name in NUMBERS:
        return value.isascii() and value.isdigit() and len(value) < 10
    return bool(value) and len(value) <= 40 and "\x00" not in value


@dataclass(eq=False)
class Numbers:
    """Every count of a search that does not hang on what is on the reader's own list, unless that was asked."""

    total: int
    eligible: int
    all: int
    counts: dict
    different: dict
    without: dict
    complete: bool
    found: bytes  # which rows of the catalogue, one byte each
    catalogue: object

    @property
    def places(self):
        """Where a project stands in the catalogue."""
        return self.catalogue.places

    def has(self, key):
        """Whether a project is among what was found (and counted)."""
        place = self.places.get(key)
        return place is not None and bool(self.found[place])


@dataclass
class Found:
    """What a search found: the queryset of hits in order, and every count the page shows."""

    hits: object
    numbers: Numbers
    unlisted: int

    def __getattr__(self, name):
        return getattr(self.numbers, name)


class Catalogue:
    """The newest hits of a search as columns, to be counted under any conditions."""

    def __init__(self, base):
        rows = _rows(base)
        self.complete = len(rows) <= LIMIT
        rows = rows[:LIMIT]
        self.places = {row.pk: place for place, row in enumerate(rows)}
        self.judged, self.judgements = _coded(
            Judged(row.state, row.degree, row.months, row.level) for row in rows
        )
        self.answers = {facet.name: _coded(tuple(facet.values(row)) for row in rows) for facet in FACETS}
        self._shown = {}

    def shown(self, key, make):
        """What `make()` gives of a project's own columns, kept as long as the catalogue holds."""
        if key not in self._shown:
            if len(self._shown) >= MOST_SHOWN:
                self._shown.clear()
            self._shown[key] = make()
        return self._shown[key]

    def all(self):
        """Every row, as a selection."""
        return [True] * len(self.places)

    def listable(self, may_list):
        """The rows that may be listed."""
        fits = [may_list is None or may_list(one) for one in self.judgements]
        return [fits[code] for code in self.judged]

    def beyond(self, listed):
        """The rows that are not on the list."""
        return [key not in listed for key in self.places]

    def holding(self, facet, wanted):
        """The rows that hold what is wanted of a facet."""
        codes, values = self.answers[facet.name]
        holds = [_holds(facet, wanted, value) for value in values]
        return [holds[code] for code in codes]

    def counted(self, facet, selection):
        """How many rows of the selection give each value of a facet."""
        codes, values = self.answers[facet.name]
        counts = Counter()
        for code, number in Counter(compress(codes, selection)).items():
            for value in values[code]:
                counts[value] += number
        return counts


def _coded(values):
    """Values as (the number of each, the different ones)."""
    known = {}
    codes = [known.setdefault(value, len(known)) for value in values]
    return codes, list(known)


@remembered.until_an_act_on(*CHANGED_BY, most=KEPT)
def catalogue(base):
    """The catalogue of a queryset of projects, newest first."""
    return Catalogue(base)


def search(projects, conditions, *, may_list=None, open_to=None, listed=frozenset()):
    """Search `projects` (a queryset): `may_list(row)` and `open_to` (Q) say the same rule, `listed` are taken ones."""
    base = newest_matching(projects, conditions.query)
    newest = conditions.sort == "newest"
    hits = base if newest else matching(projects, conditions.query).order_by(*SORTS[conditions.sort])
    hits = _with_skills(hits.filter(_condition(conditions, open_to, listed)), conditions)
    asked = conditions.counted_by, str(open_to), listed if conditions.unlisted else None
    numbers = _numbers(base, asked, conditions=conditions, may_list=may_list, listed=listed, hits=hits)
    return Found(hits, numbers, numbers.total - sum(map(numbers.has, listed)))


@remembered.until_an_act_on(*CHANGED_BY, most=10 * KEPT)
def _numbers(base, _asked, *, conditions, may_list, listed, hits):
    rows = catalogue(base)
    held = {
        facet.name: rows.holding(facet, set(conditions.chosen[facet.name]))
        for facet in FACETS
        if facet.name in conditions.chosen
    }
    if conditions.unlisted:
        held["unlisted"] = rows.beyond(listed)
    wished, fits = _both(rows.all(), *held.values()), rows.listable(may_list)
    if conditions.eligible:
        held["eligible"] = fits
    if conditions.ineligible:
        held["eligible"] = [not one for one in fits]
    without = {name: _both(rows.all(), *(held[one] for one in held if one != name)) for name in held}
    found = _both(rows.all(), *held.values())
    total = sum(found)
    counts = {facet.name: rows.counted(facet, _open_for(facet, found, without)) for facet in FACETS}
    return Numbers(
        total=total if rows.complete else hits.values("pk")[: LIMIT + 1].count(),
        eligible=sum(_both(wished, fits)),
        all=sum(wished),
        counts={name: Counter(dict(values.most_common(MOST_VALUES))) for name, values in counts.items()},
        different={name: len(values) for name, values in counts.items()},
        without={name: more for name, rest in without.items() if (more := sum(rest) - total)},
        complete=rows.complete,
        found=bytes(found),
        catalogue=rows,
    )


def _open_for(facet, found, without):
    """What a tap on a value of the facet chooses from: several values of one facet add up, unless all must hold."""
    return found if facet.each else without.get(facet.name, found)


def _both(*selections):
    return reduce(lambda one, other: list(map(and_, one, other)), selections)


def _holds(facet, wanted, values):
    return wanted <= set(values) if facet.each else bool(wanted & set(values))


def _condition(conditions, open_to, listed):
    condition = Q()
    for facet in FACETS:
        if facet.name in conditions.chosen and facet.condition:
            condition &= facet.condition(conditions.chosen[facet.name])
    if conditions.eligible and open_to is not None:
        condition &= open_to
    if conditions.ineligible and open_to is not None:
        condition &= ~open_to
    if conditions.unlisted:
        condition &= ~Q(pk__in=listed)
    return condition


def _with_skills(queryset, conditions):
    for skill in conditions.chosen.get("skill", ()):
        named = Q()
        for through in SKILLS:
            named |= Q(pk__in=through.objects.filter(skill=skill).values("project"))
        queryset = queryset.filter(named)
    return queryset


def _rows(newest):
    """The columns of the newest hits, one more than LIMIT when there are more, with the skills they name."""
    values = list(newest.values_list(*COLUMNS)[: LIMIT + 1])
    keys = newest.values("pk")[:LIMIT]
    skills = {}
    for through in SKILLS:
        pairs = through.objects.filter(project__in=keys).order_by("pk").values_list("project_id", "skill_id")
        for project, skill in pairs:
            skills.setdefault(project, set()).add(str(skill))
    return [Row(*row, skills.get(row[0], ())) for row in values]


LABELS = {"field": Field, "chain": Chain, "kind": TalentType}
