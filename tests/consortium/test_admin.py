"""The admin: lists for system administrators, and no door past the actions. Models added later are held to it too."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.sites import all_sites
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse

from consortium import clock
from consortium.actions.account import give_role
from consortium.admin_site import OURS, ReadOnly
from consortium.models import AuditEvent, RoleGrant
from consortium.reach import reach
from consortium.roles import ROLES
from mentors.models import LogLink
from tests.factories import make_board, make_log, make_meeting, make_membership, make_organisation, make_user

pytestmark = pytest.mark.django_db
# What lists do beside showing, each through the action of the portal that is tested below.
ACTS = {"consortium.rolegrant": {"end_roles"}}
# What nobody but its own pages may show or change, whoever asks.
NEVER = ("password", "token", "hash", "secret", "data", "phone", "params", "details", "text")


def registered():
    return {model._meta.label_lower: (model, ours) for model, ours in admin.site._registry.items()}


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def keeper(client):
    """A system administrator who holds every permission of the offices as well."""
    board = make_board()
    user = make_user("system_admin")
    for role in ("secretary", "auditor", "graduate_officer"):
        give_role(user=user, role=role, by=None)
    give_role(user=user, role="board_officer", board=board, by=None)
    client.force_login(user)
    return user


@pytest.fixture
def rows(keeper):
    """A row of every registered model that the factories make, so that what is refused could have been done."""
    make_membership()
    make_log()
    make_user("enterprise_admin", organisation=make_organisation())


def test_there_is_one_admin_and_it_takes_lists_alone():
    assert set(all_sites) == {admin.site}
    assert registered()
    for _model, ours in registered().values():
        assert isinstance(ours, ReadOnly)
    for model in apps.get_models():
        if model._meta.app_label in OURS and model not in admin.site._registry:
            with pytest.raises(ImproperlyConfigured):
                admin.site.register(model)
            with pytest.raises(ImproperlyConfigured):
                admin.site.register(model, type("Plain", (admin.ModelAdmin,), {}))
    admin.site.register(Group, admin.ModelAdmin)
    assert Group not in admin.site._registry, "what a library registers is not shown"


@pytest.mark.parametrize("label", sorted(registered()))
def test_no_model_can_be_added_changed_or_deleted(client, rows, label):
    model, ours = registered()[label]
    for page, args in (("add", ()), ("change", (1,)), ("delete", (1,)), ("history", (1,))):
        with pytest.raises(NoReverseMatch):
            address(model, page, *args)
    before = list(model._base_manager.order_by("pk").values())
    home = address(model, "changelist")
    shown = client.get(home)
    assert shown.status_code == 200
    for path in ("add/", "1/change/", "1/delete/", "1/history/", "1/"):
        for answer in (client.get(home + path), client.post(home + path, {"post": "yes"})):
            assert answer.status_code == 404
    chosen = [str(row["id"]) for row in before]
    for name in ("delete_selected", "no_such_action", ""):
        client.post(home, {"action": name, "_selected_action": chosen, "post": "yes", "index": 0})
    client.post(home, {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": 1, "_save": "Save"})
    assert list(model._base_manager.order_by("pk").values()) == before


@pytest.mark.parametrize("label", sorted(registered()))
def test_its_acts_are_named_and_nothing_is_written_past_them(rf, keeper, label):
    model, ours = registered()[label]
    request = rf.get("/admin/")
    request.user = keeper
    assert set(ours.get_actions(request)) == ACTS.get(label, set())
    assert not any((ours.list_editable, ours.inlines, ours.has_add_permission(request)))
    assert not ours.has_change_permission(request) and not ours.has_delete_permission(request)


@pytest.mark.parametrize("label", sorted(registered()))
def test_no_secret_is_a_column_a_condition_or_a_search(client, keeper, label):
    model, ours = registered()[label]
    asked = [name for name, _label in ours.columns] + list(ours.search_fields)
    assert not [name for name in asked if name in NEVER]
    for field in model._meta.fields:
        answer = client.get(address(model, "changelist"), {f"{field.name}__isnull": "0"})
        assert answer.status_code in (302, 400), field.name


@pytest.mark.parametrize(
    "label", sorted(label for label, (_model, ours) in registered().items() if ours.filters)
)
def test_every_choice_of_a_filter_opens_its_list(client, rows, label):
    model, ours = registered()[label]
    home = address(model, "changelist")
    for filter_ in ours.filters:
        links = re.findall(
            rf'href="(\?[^"]*{filter_.parameter_name}=[^"]*)"', client.get(home).content.decode()
        )
        assert links, filter_.parameter_name
        for link in links:
            assert client.get(home + link.replace("&amp;", "&")).status_code == 200
        assert client.get(home, {f"{filter_.parameter_name}__startswith": "x"}).status_code in (302, 400)


def test_a_filter_narrows(client, keeper):
    gone = make_user("expert")
    RoleGrant.objects.filter(user=gone).update(ended_at=clock.now())
    stays = make_user("expert")
    home = reverse("admin:consortium_rolegrant_changelist")
    shown = client.get(home, {"role": "expert", "state": "open"}).content.decode()
    assert stays.name in shown and gone.name not in shown and "已结束" in shown


def test_passwords_are_not_found_out_letter_by_letter(client, keeper):
    home = reverse("admin:consortium_user_changelist")
    assert client.get(home, {"password__startswith": "md5"}).status_code in (302, 400)
    assert client.get(home, {"q": "md5"}).status_code == 200


@pytest.mark.parametrize("role", ["secretary", "auditor", "graduate_officer", "student", None])
def test_it_opens_to_system_administrators_alone_whatever_the_flag_says(client, role):
    user = make_user(role, is_staff=True, is_superuser=True)
    client.force_login(user)
    assert not reach(user, ReadOnly.permission).all
    for path in ("/admin/", reverse("admin:consortium_user_changelist")):
        assert client.get(path, follow=True).status_code == 403


def test_without_a_sign_in_it_leads_to_the_portals_own(client):
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=/admin/"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_system_administrator_reads_accounts_and_no_content(client, language):
    log = make_log()
    client.force_login(make_user("system_admin", language=language))
    page = client.get("/admin/").content.decode()
    assert reverse("admin:consortium_user_changelist") in page
    for label, (model, ours) in registered().items():
        seen = client.get(address(model, "changelist"))
        wanted = 200 if reach(make_user("system_admin"), ours.permission).all else 403
        assert seen.status_code == wanted, label
        assert log.text not in seen.content.decode()
    assert reverse("admin:index") in client.get("/dashboard/").content.decode()


def test_the_admins_own_ways_out_are_the_portals(client, keeper):
    assert client.get("/admin/password_change/").url == reverse("account_change_password")
    assert client.get("/admin/login/").url == "/admin/"
    assert client.get("/admin/logout/").url == "/" and client.get("/admin/").status_code == 200
    client.post("/admin/logout/")
    assert client.get("/admin/").status_code == 302


def test_roles_end_by_the_portals_own_door(client, keeper):
    unit = make_organisation()
    only = make_user("enterprise_admin", organisation=unit)
    staff = make_user("secretary")
    home = reverse("admin:consortium_rolegrant_changelist")
    chosen = [only.grants.get().pk, staff.grants.get().pk]
    sent = {"action": "end_roles", "_selected_action": chosen}
    asked = client.post(home, sent).content.decode()
    assert only.name in asked and unit.short in asked and staff.name in asked
    assert not AuditEvent.objects.filter(verb="role ended").exists()
    sent["confirmed"] = "1"
    told = client.post(home, sent, follow=True)
    assert "唯一的管理员" in told.content.decode()
    assert only.grants.get().ended_at is None and staff.grants.get().ended_at is not None
    act = AuditEvent.objects.filter(verb="role ended").get()
    assert act.actor == keeper and act.object_id == str(staff.pk)
    client.post(home, sent)  # pressed twice
    assert AuditEvent.objects.filter(verb="role ended").count() == 1
    assert client.get(home, {"action": "end_roles", "_selected_action": chosen[:1]}).status_code == 400
    assert RoleGrant.objects.get(pk=chosen[0]).ended_at is None


@pytest.mark.parametrize("label", sorted(registered()))
@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "o=99.-x",
        "p=-3",
        "p=x",
        "all=",
        "state=nonsense",
        "role=nonsense",
        "e=1",
        "_to_field=password",
        "q=" + "x" * 3000,
    ],
)
def test_nonsense_is_no_fault(client, keeper, label, query):
    model, _ours = registered()[label]
    assert client.get(f"{address(model, 'changelist')}?{query}").status_code in (200, 302, 400)


@pytest.mark.parametrize("chosen", ["x", "", "\x00", "-1", "9" * 30, "١", "1 OR 1=1"])
@pytest.mark.parametrize("more", [{}, {"confirmed": "1"}, {"select_across": "1", "index": "x"}])
def test_what_is_no_number_chooses_no_role(client, keeper, chosen, more):
    make_user("expert")
    home = reverse("admin:consortium_rolegrant_changelist")
    answer = client.post(home, {"action": "end_roles", "_selected_action": chosen} | more)
    assert answer.status_code in (200, 302)
    assert not RoleGrant.objects.exclude(ended_at=None).exists()


def test_not_all_roles_end_with_one_press(client, keeper):
    for _number in range(51):
        make_user("expert")
    home = reverse("admin:consortium_rolegrant_changelist")
    sent = {"action": "end_roles", "_selected_action": [1], "select_across": "1", "confirmed": "1"}
    assert "50" in client.post(home, sent, follow=True).content.decode()
    assert not RoleGrant.objects.exclude(ended_at=None).exists()


def test_it_leads_to_no_link_that_signs_for_somebody(client, keeper):
    """Django's way from a row's number to its page would give away the address that signs a mentor's log."""
    meeting = make_meeting()
    link = LogLink.objects.create(
        user=meeting.mentor.user,
        mentorship=meeting.mentorship,
        meeting=meeting,
        day=clock.today(),
        made_at=clock.now(),
        expires_at=meeting.ends_at,
    )
    kind = ContentType.objects.get_for_model(LogLink)
    for path in (f"/admin/r/{kind.pk}/{link.pk}/", "/admin/autocomplete/"):
        assert client.get(path).status_code == 404


def addresses():
    """Every address of the admin, with 1 for what it names."""
    for entry in admin.site.get_urls():
        inner = getattr(entry, "url_patterns", [entry])
        for one in inner:
            whole = str(entry.pattern) if one is entry else f"{entry.pattern}{one.pattern}"
            yield "/admin/" + re.sub(r"<[^>]*>|\(\?P<[^>]*>[^)]*\)", "1", whole).strip("^$")


@pytest.mark.parametrize("role", [None, *sorted(set(ROLES) - {"system_admin"})])
def test_no_address_of_it_opens_to_another_role(client, role):
    kind = ROLES.get(role)
    if kind:
        unit = make_organisation() if kind.needs_organisation else None
        user = make_user(role, organisation=unit, board=make_board() if kind.needs_board else None)
    checked = set()
    for path in [*addresses(), "/admin/consortium/", "/admin/consortium/user/1/password/"]:
        for method in ("get", "post", "put", "delete"):
            if kind:
                client.force_login(user)
            answer = getattr(client, method)(path)
            assert answer.status_code in (302, 403, 404, 405), (method, path)
            if answer.status_code == 302:
                assert answer.url.startswith(("/admin/login/", "/accounts/login/")) or "logout" in path
            checked.add(path)
    assert len(checked) > 12
