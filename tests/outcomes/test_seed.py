"""The real organisations: each fact with its line, no person, all or nothing, twice is once."""

import copy
import json
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from consortium import clock
from consortium.models import (
    AuditEvent,
    CalendarDay,
    DocumentRecord,
    GovernanceBody,
    Organisation,
    OrganisationRole,
    Platform,
    Vehicle,
)
from consortium.tasks import fill_working_calendar
from consortium.working_calendar import is_working_day
from outcomes.seed import check, document
from outcomes.seed.load import PATH, load
from outcomes.seed.notes import NOTES

pytestmark = pytest.mark.django_db
TABLES = (Organisation, OrganisationRole, GovernanceBody, Platform, Vehicle, DocumentRecord)


def entries():
    return check.read(PATH)


def rows():
    return {table.__name__: table.objects.count() for table in TABLES}


def test_every_one_of_the_89_entries_is_loaded():
    load()
    assert len(entries()) == 89
    names = {
        name
        for table in TABLES
        if table is not OrganisationRole
        for name in table.objects.values_list("name_zh", flat=True)
    }
    assert {entry["name_zh"] for entry in entries()} <= names


def test_loading_twice_changes_nothing():
    load()
    before, acts = rows(), AuditEvent.objects.count()
    load()
    assert rows() == before
    assert AuditEvent.objects.count() == acts


def test_what_people_corrected_stays():
    load()
    Organisation.objects.filter(name_zh="康希诺").update(name_en="Corrected by staff")
    load()
    assert Organisation.objects.get(name_zh="康希诺").name_en == "Corrected by staff"


def test_three_roles_of_one_university_stand_side_by_side(client):
    load()
    unit = Organisation.objects.get(name_zh="天津科技大学")
    assert [(role.role, role.source_line) for role in unit.roles.all()] == [
        ("lead", 40),
        ("co_lead", 101),
        ("member_unit", 153),
    ]
    text = client.get(unit.get_absolute_url()).content.decode()
    assert "3处表述不同" in text
    for line in (40, 101, 153):
        assert f'href="/source/#L{line}"' in text


def test_seats_of_the_council():
    load()
    held = {
        (role.organisation.name_zh, role.role, role.source_line) for role in OrganisationRole.objects.all()
    }
    assert ("天津国际生物医药联合研究院", "chair_unit", 135) in held
    assert ("中国科学院天津工业生物技术研究所", "director_unit", 153) in held
    assert ("天津经济技术开发区管委会", "guiding_government", 135) in held


def test_four_boards_four_platforms_four_vehicles():
    load()
    assert set(GovernanceBody.objects.exclude(board_code=None).values_list("board_code", flat=True)) == {
        "integration",
        "technology",
        "enterprise",
        "general",
    }
    assert Platform.objects.values("platform_class").distinct().count() == 4
    assert Vehicle.objects.values("vehicle_class").distinct().count() == 4
    assert (
        Vehicle.objects.get(vehicle_class="vehicle_joint_academy").organisations.get().name_zh
        == "天津国际生物医药联合研究院"
    )


def test_units_belong_where_the_text_says_and_nowhere_else():
    load()
    units = dict(
        Organisation.objects.filter(kind="university_unit").values_list("name_zh", "parent__name_zh")
    )
    assert units == {"尚行学部": "天津科技大学", "生物工程学院": "天津科技大学", "工程生物学院": None}


def test_every_quote_stands_in_its_line():
    load()
    for table in TABLES:
        for row in table.objects.all():
            assert row.source_quote and row.source_quote in document.line(row.source_line), row


def test_nothing_is_invented_on_a_real_organisation():
    load()
    unknown = Organisation.objects.filter(source_line__isnull=False)
    assert not unknown.exclude(uscc=None).exists()
    assert not unknown.exclude(profile="", district="", short_zh="").exists()
    assert not unknown.filter(models.Q(memberships__isnull=False) | models.Q(is_sample=True)).exists()


def test_acts_of_loading_are_nobodys():
    load()
    assert AuditEvent.objects.exists()
    assert not AuditEvent.objects.exclude(actor=None).exists()


def test_every_note_can_be_translated():
    assert {entry["note"] for entry in entries() if "note" in entry} == set(NOTES)


BROKEN = {
    "name_zh": (0, {"name_zh": ""}),
    "evidence_quote": (1, {"evidence_quote": "原文没有的话"}),
    "evidence_line": (2, {"evidence_line": 9999}),
    "load_as": (3, {"load_as": "Spaceship"}),
    "kind": (16, {"kind": "castle"}),
    "roles[1].quote": (
        18,
        {
            "roles": [
                {
                    "body": "天津经开区生物医药产教联合体理事会",
                    "role": "chair_unit",
                    "line": 1,
                    "quote": "没有",
                    "statement": "",
                }
            ]
        },
    ),
    "parent": (15, {"parent": "不在文件里"}),
}


def broken(names, tmp_path):
    found = copy.deepcopy(entries())
    for name in names:
        row, change = BROKEN[name]
        found[row].update(change)
    path = tmp_path / "seed.json"
    path.write_text(json.dumps({"entries": found}), encoding="utf-8")
    return path


def test_all_faults_are_told_at_once_and_nothing_is_loaded(tmp_path):
    with pytest.raises(check.SeedFaulty) as faulty:
        load(broken(BROKEN, tmp_path))
    told = {(fault.row, fault.field) for fault in faulty.value.faults}
    assert {(row + 1, name) for name, (row, _change) in BROKEN.items()} <= told
    assert not any(rows().values())


@pytest.mark.parametrize("name", BROKEN)
def test_each_fault_stops_the_loading(name, tmp_path):
    with pytest.raises(check.SeedFaulty):
        load(broken([name], tmp_path))
    assert not any(rows().values())


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b'{"entries": 3}', b'{"entries": [1, null]}', b"\xff\xfe"]
)
def test_file_that_is_no_seed_file(content, tmp_path):
    path = tmp_path / "seed.json"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_seed", str(path))
    assert not any(rows().values())


def test_fault_in_the_middle_of_writing_leaves_nothing(monkeypatch):
    from outcomes.seed import load as module

    def fails(_entry):
        raise RuntimeError("power cut")

    monkeypatch.setattr(module, "_record", fails)
    with pytest.raises(RuntimeError):
        load()
    assert not any(rows().values())


def test_document_names_no_participant():
    text = "\n".join(document.lines())
    assert "成果完成人姓名：（姓名略）" in text
    assert "（姓名略）教授" in text and "志愿者（姓名略）" in text


def test_source_page_has_an_anchor_for_every_line_referred_to(client):
    load()
    text = client.get("/source/").content.decode()
    for table in TABLES:
        for number in table.objects.values_list("source_line", flat=True):
            assert f'id="L{number}"' in text


def test_the_published_working_days_come_with_it_and_what_people_changed_stays():
    spring_festival, our_own_day = date(2026, 2, 17), date(2026, 10, 1)  # both published as holidays
    CalendarDay.objects.create(date=our_own_day, is_working=True)
    with clock.standing_at(datetime(2026, 3, 1, tzinfo=UTC)):
        call_command("load_seed", verbosity=0)
        fill_working_calendar()
    assert not is_working_day(spring_festival)
    assert is_working_day(date(2026, 2, 14)), "a Saturday worked in exchange"
    assert is_working_day(our_own_day)
    assert CalendarDay.objects.values("date").distinct().count() == CalendarDay.objects.count()
