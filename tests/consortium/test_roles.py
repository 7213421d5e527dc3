"""The one table of roles, held against the same table as people read it, and against every address."""

import re

import pytest
from django.urls import URLPattern, get_resolver

from consortium.reach import reach
from consortium.roles import ROLES, Anonymous, Permission
from tests.factories import make_board, make_organisation, make_user

# What the domain paper says, column by column: role code -> scopes. Absent means no.
TABLE = """
read open projects              | AN p, ST a, AM a, IM a, EA m g, BM m g, GS a, BO a, SE a, CD a, ER p, AU a, SA a, DP p
read demands                    | AN p, ST p, AM m, IM m, EA m g, BM m g, GS a, BO b, SE a, CD m, ER p, AU a, DP p
create or edit demand           | EA g, SE a
triage demand                   | BO b, SE a
create or edit project          | AM o, IM o, EA g, BM g
approve project                 | GS a, BO b, SE a
submit or change application    | ST o
read applications before close  | ST o, GS counts, SE counts
rank applicants                 | AM o, IM o, EA g
open, close, run a round        | GS a, SE a
publish a match                 | GS a
object to a match               | ST o, AM o, IM o, EA g
sign agreement                  | ST o, AM o, IM o, EA g, BM g, GS a
nominate mentor                 | EA g, BM g, GS a
approve mentor                  | GS a, SE a
write supervision log           | AM o, IM o
confirm log                     | ST o
oversee supervision             | GS a
apply for membership or base    | EA g, BM g
check membership or base        | BO b, SE a
report and snapshot             | EA g, BM g, GS a, BO a, SE a, CD a, AU a
audit trail                     | AU a
accounts and roles              | SA a
"""


def _rows():
    for line in TABLE.strip().splitlines():
        action, cells = line.split("|")
        held = {}
        for cell in cells.split(","):
            code, *scopes = cell.split()
            held[code] = set(scopes)
        yield Permission(action.strip()), held


@pytest.mark.parametrize(
    ("permission", "expected"), list(_rows()), ids=[str(permission) for permission, _held in _rows()]
)
def test_code_says_what_the_table_says(permission, expected):
    roles = [Anonymous, *ROLES.values()]
    actual = {role.code: {str(scope) for scope in role.grants.get(permission, ())} for role in roles}
    assert {code: scopes for code, scopes in actual.items() if scopes} == expected


def test_every_role_has_words_and_a_shell():
    for role in ROLES.values():
        assert role.label and role.sentence and role.shell and role.code


@pytest.mark.django_db
def test_reach_is_bounded_by_the_organisation_and_ends_with_the_role():
    unit = make_organisation()
    user = make_user("enterprise_admin", organisation=unit)
    held = reach(user, Permission.EDIT_DEMAND)
    assert held.organisations == {unit.pk} and not held.all
    user.grants.update(ended_at=user.date_joined)
    del user._active_grants
    assert not reach(user, Permission.EDIT_DEMAND)


def _guarded():
    """Every address whose view asks for a permission as a whole: (name, pattern, permission)."""

    def walk(patterns, prefix=""):
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                if permission := getattr(pattern.callback, "permission", None):
                    yield pattern.name, prefix + str(pattern.pattern), permission
            else:
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))

    return sorted(walk(get_resolver().url_patterns))


@pytest.mark.django_db
@pytest.mark.parametrize("key", sorted(ROLES))
def test_role_without_the_permission_is_refused_at_every_guarded_address(client, key):
    """Generated: each role x each guarded address. With it: anything but a refusal; without it: 403, also for a POST."""
    role = ROLES[key]
    unit = make_organisation() if role.needs_organisation else None
    user = make_user(key, organisation=unit, board=make_board() if role.needs_board else None)
    client.force_login(user)
    client.raise_request_exception = False
    checked = 0
    for name, pattern, permission in _guarded():
        url = "/" + _filled(pattern)
        for method in (client.get, client.post):
            status = method(url).status_code
            if role.grants.get(permission):
                assert status != 500, (name, method.__name__)
            else:
                # 405: the address takes only the other method.
                assert status in (403, 405), (name, method.__name__, status)
            checked += 1
    assert checked > 20


@pytest.mark.django_db
def test_visitor_is_asked_to_sign_in_at_every_guarded_address(client):
    for name, pattern, _permission in _guarded():
        response = client.get("/" + _filled(pattern))
        assert response.status_code in (302, 405), name
        if response.status_code == 302:
            assert response.url.startswith("/accounts/login/"), name


def _filled(pattern):
    """The address with an id that belongs to nobody."""
    filled = re.sub(r"<int:\w+>", "987654", pattern)
    return re.sub(r"<(?:\w+:)?\w+>", "nothing", filled)
