"""Small random rounds, and what is right for them by the definitions alone, without the engine."""

import hashlib
import itertools
from fractions import Fraction

from hypothesis import settings
from hypothesis import strategies as st

FIXED = settings(max_examples=40, deadline=None, derandomize=True, database=None)


class Oracle:
    """A round read straight from its document, for looking at every possible assignment."""

    def __init__(self, document):
        self.document = document
        self.lists = {one["id"]: one["preferences"] for one in document["students"]}
        self.pins = {pin["student"]: pin["project"] for pin in document.get("pins", [])}
        self.groups = {group["id"]: group for group in document.get("groups", [])}
        self.projects = {project["id"]: project for project in document["projects"]}
        self.inside = {project: {project} for project in self.projects}
        self.inside |= {group: self.members(group) for group in self.groups}
        self.capacity = {name: cap["capacity"] for name, cap in (self.projects | self.groups).items()}
        self.scores = {project: self.scores_of(project) for project in self.projects}
        asked = document.get("rule", "auto")
        none = all(
            cap.keys().isdisjoint({"scores", "ranking"}) for cap in (self.projects | self.groups).values()
        )
        self.serial = asked == "serial" or (asked == "auto" and none)

    def members(self, name):
        """The projects inside a group, at any depth."""
        if name in self.projects:
            return {name}
        return set().union(*map(self.members, self.groups[name]["members"]))

    def holds(self, outer, inner):
        members = self.groups[outer]["members"]
        return inner in members or any(self.holds(one, inner) for one in members if one in self.groups)

    def caps_above(self, project):
        return [name for name, inside in self.inside.items() if project in inside]

    def scores_of(self, project):
        ranked = [self.projects[project], *(self.groups[name] for name in self.nearest_first(project))]
        for cap in ranked:
            if "scores" in cap:
                return cap["scores"]
            if "ranking" in cap:
                tiers = [tier if isinstance(tier, list) else [tier] for tier in cap["ranking"]]
                return {name: len(tiers) - at for at, tier in enumerate(tiers) for name in tier}
        return None

    def nearest_first(self, project):
        above = [name for name in self.caps_above(project) if name in self.groups]
        return sorted(
            above,
            key=lambda name: (len(self.inside[name]), sum(self.holds(name, one) for one in above)),
        )

    def draw(self, name):
        return hashlib.sha256(f"{self.document['seed']}|{name}".encode()).hexdigest()

    def eligible(self, student, project):
        scores = self.scores[project]
        return self.serial if scores is None else student in scores

    def key(self, student, project):
        """Sorts ascending from the highest to the lowest."""
        merit = self.document.get("merit", {}).get(student, float("-inf"))
        score = merit if self.serial else self.scores[project][student]
        return (-score, self.draw(student), self.lists[student].index(project))

    def feasible(self, places):
        seated = [project for project in places.values() if project is not None]
        counts = {cap: sum(project in inside for project in seated) for cap, inside in self.inside.items()}
        return all(counts[cap] <= self.capacity[cap] for cap in counts)

    def better(self, student, held):
        listed = self.lists[student]
        return listed if held is None else listed[: listed.index(held)]

    def blocks(self, places, student, project):
        """Greedily in key order, pins first, under every cap above the project: is the new pair chosen?"""
        if not self.eligible(student, project):
            return False
        caps = self.caps_above(project)
        free = {cap: self.capacity[cap] for cap in caps}
        for held in self.pins.values():
            for cap in caps:
                free[cap] -= held in self.inside[cap]
        pairs = [(one, at) for one, at in places.items() if at is not None and one not in self.pins]
        for one, at in sorted([*pairs, (student, project)], key=lambda pair: self.key(*pair)):
            over = [cap for cap in caps if at in self.inside[cap]]
            if all(free[cap] for cap in over):
                if (one, at) == (student, project):
                    return True
                for cap in over:
                    free[cap] -= 1
        return False

    def blocking_pairs(self, places, closed=()):
        return [
            [student, project]
            for student, held in sorted(places.items())
            if student not in self.pins
            for project in self.better(student, held)
            if project not in closed and self.blocks(places, student, project)
        ]

    def stable_places(self):
        """Every stable assignment there is."""
        options = [
            [self.pins[student]]
            if student in self.pins
            else [None, *(project for project in listed if self.eligible(student, project))]
            for student, listed in self.lists.items()
        ]
        for chosen in itertools.product(*options):
            places = dict(zip(self.lists, chosen, strict=True))
            if self.feasible(places) and not self.blocking_pairs(places):
                yield places

    def feasible_places(self, closed=()):
        """Every assignment that caps and eligibility allow."""
        options = [
            [self.pins[student]]
            if student in self.pins
            else [None, *(one for one in listed if one not in closed and self.eligible(student, one))]
            for student, listed in self.lists.items()
        ]
        for chosen in itertools.product(*options):
            places = dict(zip(self.lists, chosen, strict=True))
            if self.feasible(places):
                yield places

    def by_maximum(self, places):
        """Sorts the best first: the number placed, the sum of choices, then each in the order of the lottery."""
        turns = sorted(self.lists.keys() - self.pins.keys(), key=self.draw)
        ranks = [self.rank(student, places[student]) for student in turns]
        choices = [self.rank(one, places[one]) + 1 for one in turns if places[one] is not None]
        return (-len(choices), sum(choices), ranks)

    def unfair(self, places, closed=()):
        """Whoever is passed over by a lower key, and whoever would fit if one cutoff were lowered by one key."""
        for project in self.projects.keys() - set(closed):
            wishing = [
                one
                for one in self.lists.keys() - self.pins.keys()
                if self.eligible(one, project) and project in self.better(one, places[one])
            ]
            inside = [one for one, at in places.items() if at == project and one not in self.pins]
            for one in wishing:
                for other in inside:
                    if self.key(other, project) > self.key(one, project):
                        yield "envy", one, project, other
            if wishing:
                first = min(wishing, key=lambda one: self.key(one, project))
                if self.feasible(places | {first: project}):
                    yield "room", first, project

    def missed(self, places):
        """What to close: the lowest share of the minimum, of equal ones the lower hash; None if nothing is."""
        counts = {name: sum(at == name for at in places.values()) for name in self.projects}
        short = [
            (Fraction(counts[name], one["minimum"]), self.draw(name), name)
            for name, one in self.projects.items()
            if 0 < counts[name] < one.get("minimum", 0) and name not in self.pins.values()
        ]
        return min(short)[-1] if short else None

    def rank(self, student, project):
        return len(self.lists[student]) if project is None else self.lists[student].index(project)


@st.composite
def documents(draw, students=4, projects=3, minimums=False, serial=False, rule="auto", overlapping=False):
    """A round with nested caps, if not `overlapping`: groups in groups, tied scores, rankings of projects and of groups, pins."""
    people = [f"s{number}" for number in range(draw(st.integers(1, students)))]
    names = [f"p{number}" for number in range(draw(st.integers(1, projects)))]
    listed = st.lists(st.sampled_from(names), unique=True, max_size=4)
    document = {
        "format": "consortium-match/1",
        "rule": "serial" if serial and draw(st.booleans()) else rule,
        "seed": draw(st.text(max_size=3)),
        "students": [{"id": name, "preferences": draw(listed)} for name in people],
        "projects": [draw(_project(name, people, minimums, serial)) for name in names],
        "groups": draw(_crossing(names) if overlapping else _groups(names, people, serial)),
        "pins": [],
        "merit": draw(st.dictionaries(st.sampled_from(people), st.integers(0, 2))),
    }
    for student in draw(st.lists(st.sampled_from(people), unique=True, max_size=2)):
        pin = {"student": student, "project": draw(st.sampled_from(names))}
        oracle = Oracle(document | {"pins": [*document["pins"], pin]})
        if oracle.feasible(oracle.pins):
            document["pins"].append(pin)
    return document


@st.composite
def _project(draw, name, people, minimums, serial):
    capacity = draw(st.integers(0, 3))
    project = {"id": name, "capacity": capacity}
    if minimums:
        project["minimum"] = draw(st.integers(0, capacity))
    kind = draw(
        st.sampled_from(["none", "none", "scores"] if serial else ["scores", "scores", "ranking", "none"])
    )
    if kind == "scores":
        score = st.one_of(st.integers(0, 2), st.sampled_from([0.5, 1.0, 1.5]))
        project["scores"] = draw(st.dictionaries(st.sampled_from(people), score))
    if kind == "ranking":
        project["ranking"] = draw(_ranking(people))
    return project


@st.composite
def _ranking(draw, people):
    order = draw(st.lists(st.sampled_from(people), unique=True))
    tiers = []
    while order:
        size = draw(st.integers(1, 2))
        tier, order = order[:size], order[size:]
        tiers.append(tier[0] if len(tier) == 1 and draw(st.booleans()) else tier)
    return tiers


@st.composite
def _groups(draw, names, people, serial):
    """Groups bind together what stands free, again and again, so they nest."""
    tops, groups = list(names), []
    for number in range(draw(st.integers(0, 3))):
        members = draw(st.lists(st.sampled_from(tops), unique=True, min_size=1))
        group = {"id": f"g{number}", "capacity": draw(st.integers(0, 4)), "members": members}
        if not serial and draw(st.booleans()):
            group["ranking"] = draw(_ranking(people))
        tops = [top for top in tops if top not in members] + [group["id"]]
        groups.append(group)
    return groups


@st.composite
def _crossing(draw, names):
    """Groups of any projects, and now and then of an earlier group."""
    groups = []
    for number in range(draw(st.integers(0, 4))):
        members = draw(st.lists(st.sampled_from(names), unique=True, min_size=1))
        if groups and draw(st.booleans()):
            members.append(draw(st.sampled_from([group["id"] for group in groups])))
        groups.append({"id": f"g{number}", "capacity": draw(st.integers(0, 4)), "members": members})
    return groups


@st.composite
def shuffled(draw, document):
    """The same round with its rows in another order."""
    rows = {
        field: draw(st.permutations(document[field])) for field in ("students", "projects", "groups", "pins")
    }
    groups = [group | {"members": draw(st.permutations(group["members"]))} for group in rows["groups"]]
    return dict(draw(st.permutations([*(document | rows | {"groups": groups}).items()])))
