"""The trail's page: for auditors alone, in people's words, with the state of its chain."""

import ast
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from consortium.actions.organisation import register_organisation
from consortium.audit import Outsider, action, record
from consortium.models import AuditEvent, AuditHead
from consortium.verbs import KINDS, VERBS
from tests.factories import make_organisation, make_user

ROOT = Path(__file__).resolve().parents[2]


def verbs_in_the_code():
    """The first argument of every `record(...)` of the audit trail that is written out."""
    for app in ("consortium", "mentors", "placements", "ideology", "outcomes"):
        for path in sorted((ROOT / app).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if not any(
                isinstance(node, ast.ImportFrom) and node.module == "consortium.audit"
                for node in ast.walk(tree)
            ):
                continue
            for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
                if getattr(call.func, "id", "") == "record":
                    first = call.args[0]
                    for part in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
                        if isinstance(part, ast.Constant):
                            yield part.value


def test_every_verb_has_words():
    found = set(verbs_in_the_code())
    assert len(found) > 50
    assert found <= set(VERBS)


def test_words_are_chinese():
    with override("zh-hans"):
        for label in (*VERBS.values(), *KINDS.values()):
            assert not str(label).isascii(), str(label)


@pytest.mark.django_db
class TestPage:
    def act(self, number=1):
        by = make_user("secretary")
        for at in range(number):
            register_organisation(by=by, name_zh=f"示例单位{by.pk}-{at}", kind="enterprise")

    @pytest.mark.parametrize(
        "role", ["secretary", "graduate_officer", "system_admin", "council_director", "student"]
    )
    def test_others_are_refused(self, client, role):
        client.force_login(make_user(role))
        assert client.get(reverse("audit")).status_code == 403

    def test_visitor_is_asked_to_sign_in(self, client):
        assert client.get(reverse("audit")).status_code == 302

    def test_auditor_reads_words_and_filters(self, client):
        self.act()
        client.force_login(make_user("auditor"))
        page = client.get(reverse("audit"), {"verb": "organisation registered"})
        assert "登记单位" in page.content.decode()
        assert page.context["page"].paginator.count == 1
        row = AuditEvent.objects.get(verb="organisation registered")
        for query in ({"q": row.object_name}, {"kind": "consortium.organisation"}, {"q": row.actor_name}):
            assert row in client.get(reverse("audit"), query).context["page"].object_list
        assert client.get(reverse("audit"), {"day": "2001-01-01"}).context["page"].paginator.count == 0

    def test_chain_that_holds_is_said_so(self, client):
        self.act()
        client.force_login(make_user("auditor"))
        assert "审计链完整" in client.get(reverse("audit"), {"check": "1"}).content.decode()

    def test_cut_chain_is_said_so(self, client):
        self.act()
        client.force_login(make_user("auditor"))
        AuditHead.objects.update(number=99)
        assert "审计链不连续" in client.get(reverse("audit"), {"check": "1"}).content.decode()

    @pytest.mark.parametrize(
        "query", [{"day": "9999-12-31"}, {"day": "x"}, {"verb": "x"}, {"stream": "\x00"}, {"q": "\x00"}]
    )
    def test_nonsense_is_no_fault(self, client, query):
        client.force_login(make_user("auditor"))
        assert client.get(reverse("audit"), query).status_code == 200

    def test_asks_as_much_for_three_as_for_one(self, client):
        client.force_login(make_user("auditor"))

        def count():
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse("audit"))
            return len(asked)

        self.act()
        count()
        first = count()
        self.act(3)
        assert count() == first

    def test_file_of_the_trail(self, client):
        self.act()
        client.force_login(make_user("auditor"))
        content = b"".join(client.get(reverse("audit"), {"format": "csv"}).streaming_content).decode()
        assert "登记单位" in content


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "said"), [("zh-hans", "异议人"), ("en", "somebody who objects")])
def test_people_without_an_account_stand_by_their_part_in_the_readers_language(client, language, said):
    _noted_by_somebody_who_objects()
    client.force_login(make_user("auditor", language=language))
    assert said in client.get(reverse("audit")).content.decode().partition("<tbody")[2]


@action
def _noted_by_somebody_who_objects():
    record("objection to the membership", make_organisation(), by=Outsider("somebody who objects"))
