"""A round as the engine reads it: locked lists, scores of eligible applicants, caps. Written piece by piece.

Files name nobody: students, projects and caps carry codes that are random for the round. The pieces join to
canonical JSON (sorted keys, no blanks), so the same round always gives the same bytes and the same hash.

Every row is read once: lists are kept as numbers, a few bytes a choice, and scores are read some projects at a time.
"""

import hashlib
import json
from array import array
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from consortium.models import RoleGrant, StudentProfile, User
from placements.enums import ApplicationState
from placements.models import ProjectScore
from placements.queries.round import current_preferences
from placements.rules import caps as cap_rules
from placements.rules.eligibility import may_list

CHUNK = 2000
PROJECTS_AT_ONCE = 200
DEFAULT_TIER = 0

_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def _joined(rows):
    """The rows as the inside of a JSON list, one piece a row."""
    for number, row in enumerate(rows):
        yield ("," if number else "") + row


class LockedLists:
    """Every locked list of a round, read once: (student code, [project codes in the student's order]) by student code."""

    def __init__(self, round):
        self.projects = dict(round.round_projects.order_by("pk").values_list("pk", "code"))
        students = list(round.round_students.order_by("code").values_list("pk", "code", "student_id"))
        self.codes = [code for _pk, code, _student in students]
        self.code_of = {pk: code for pk, code, _student in students}
        self.chosen = [()] * len(students)  # keys of round projects, in the order of `codes`
        places = {student: place for place, (_pk, _code, student) in enumerate(students)}
        rows = current_preferences(round, ApplicationState.LOCKED).order_by(
            "version__application__student", "rank"
        )
        pairs = rows.values_list("version__application__student", "round_project")
        for student, chosen in groupby(pairs.iterator(chunk_size=CHUNK), itemgetter(0)):
            if student in places:
                self.chosen[places[student]] = array("q", map(itemgetter(1), chosen))

    def __iter__(self):
        for code, chosen in zip(self.codes, self.chosen, strict=True):
            yield code, [self.projects[project] for project in chosen]

    def sha256(self):
        """The hash over canonical JSON [[student, [projects]], …]."""
        digest = hashlib.sha256(b"[")
        for piece in _joined(map(_json, self)):
            digest.update(piece.encode())
        digest.update(b"]\n")
        return digest.hexdigest()

    def applicants(self):
        """{round project: its applicants by their places in `codes`}."""
        found = {project: array("q") for project in self.projects}
        for place, chosen in enumerate(self.chosen):
            for project in chosen:
                found[project].append(place)
        return found


def pieces(round, lists):
    """The instance document as pieces of text, from the locked lists and all else that the round holds."""
    rows = list(round.round_projects.select_related("project").order_by("code"))
    yield '{"format":"consortium-match/1","groups":['
    yield from _joined(_groups(round, rows))
    yield '],"pins":[],"projects":['
    yield from _joined(_projects(round, rows, lists))
    yield f'],"rule":"stable","seed":{_json(round.seed)},"students":['
    yield from _joined(_json({"id": code, "preferences": chosen}) for code, chosen in lists)
    yield "]}\n"


def _groups(round, rows):
    codes = {row.project_id: row.code for row in rows}
    held = cap_rules.members(round.caps.order_by("code"), [row.project for row in rows])
    for cap, projects in held:
        if projects:
            yield _json(
                {"id": cap.code, "capacity": cap.capacity, "members": sorted(codes[pk] for pk in projects)}
            )


def _projects(round, rows, lists):
    applicants, kinds = lists.applicants(), _kinds(round, lists)
    for start in range(0, len(rows), PROJECTS_AT_ONCE):
        chunk = rows[start : start + PROJECTS_AT_ONCE]
        given = _given([row.pk for row in chunk], lists.code_of)
        for row in chunk:
            eligible = [] if row.withdrawn_at else _eligible(row.project, applicants[row.pk], kinds)
            scores = _scores((lists.codes[place] for place in eligible), given[row.pk])
            places = 0 if row.withdrawn_at else row.places
            yield _json({"id": row.code, "capacity": places, "scores": scores})


def _given(projects, code_of):
    """What the owners of these round projects said: {round project: {student code: score, or None for a refusal}}."""
    rows = ProjectScore.objects.filter(round_project__in=projects).order_by()
    given = {project: {} for project in projects}
    for project, student, score in rows.values_list("round_project", "round_student", "score"):
        given[project][code_of[student]] = score
    return given


def _scores(codes, given):
    """{student code: score} of those who were not refused."""
    scores = {code: given.get(code, DEFAULT_TIER) for code in codes}
    return {code: score for code, score in scores.items() if score is not None}


# Who may be placed where


@dataclass(frozen=True, eq=False)
class _Kind:
    """All that the rules of who may list a project look at in a student; one that looks at more fails here."""

    degree: str
    required_months: int | None
    user: User


def _eligible(project, places, kinds):
    """Of the applicants (places in the lists) those whom the project may take."""
    judged = {kind: may_list(kind, project) for kind in {kinds[place] for place in places} if kind}
    return [place for place in places if judged.get(kinds[place])]


def _kinds(round, lists):
    """What kind of student each one of the lists is; None of those who are not eligible in the round.

    There are a handful of kinds in a round, so that what is asked of thousands is judged once for each.
    """
    grants = _grants(round)
    rows = round.round_students.filter(eligible=True).order_by("code")
    facts = rows.values_list("code", "student__degree", "student__fresh_graduate", "student__user_id")
    known, kind_of = {}, {}
    for code, degree, fresh, user in facts.iterator(chunk_size=CHUNK):
        key = degree, fresh, grants.get(user, ())
        if key not in known:
            known[key] = _kind(*key)
        kind_of[code] = known[key]
    return [kind_of.get(code) for code in lists.codes]


def _kind(degree, fresh, grants):
    user = User()
    user._active_grants = [
        RoleGrant(role=role, organisation_id=organisation, board_id=board)
        for role, organisation, board in grants
    ]
    return _Kind(degree, StudentProfile(fresh_graduate=fresh).required_months, user)


def _grants(round):
    """{user: what roles the person holds, as (role, organisation, board)} of the round's students."""
    rows = RoleGrant.objects.filter(user__student__round_students__round=round, ended_at=None)
    facts = rows.order_by("user_id", "pk").values_list("user_id", "role", "organisation_id", "board_id")
    return {
        user: tuple(grant[1:] for grant in grants)
        for user, grants in groupby(facts.iterator(chunk_size=CHUNK), itemgetter(0))
    }
