"""The invented world of the demo: complete, consistent, and never about a real body or person."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

WORLD = Path(__file__).resolve().parents[2] / "outcomes" / "world"
FILES = ("enterprises", "bases", "skills", "mentors", "projects", "people", "demands")
FIELDS = {
    "fermentation",
    "bioreactor",
    "enzyme",
    "strain",
    "purification",
    "quality",
    "formulation",
    "clinical",
    "data",
}
LISTS = {"product", "technology", "talent"}
BOARDS = {"integration", "technology", "enterprise", "general"}
LEAST_SHARE_OF_WAGE = 0.8
PROJECT_TEXTS = (
    "title_zh",
    "title_en",
    "summary_zh",
    "problem_zh",
    "ip_terms_zh",
    "confidentiality_terms_zh",
    "demand_text_zh",
    "demand_answer_zh",
)

# Bodies that an invented text might slip into naming; a hit means the text speaks of a real one.
REAL_NAMES = re.compile(
    "天津科技大学|天津大学|南开大学|山东大学|天津医科大学|天津中医药大学|江南大学|清华大学|北京大学|易三仓|"
    "中国科学院|中科院|天工所|国际生物医药联合研究院|尚行学部|"
    "康希诺|华熙|与熙|凯莱英|瑞普|天士力|药明|恒瑞|百济|信达|君实|复宏|迈瑞|金域|华大|梅花生物|阜丰|诺维信|"
    "诺和诺德|赛默飞|丹纳赫|赛多利斯|思拓凡|默克|罗氏|辉瑞|莫德纳|勃林格|东富龙|楚天科技|科兴|智飞|沃森|康泰|"
    "国药|华润|中新药业|达仁堂|红日药业|蒙牛|伊利|凯赛|华恒|安琪|"
    "协和医院|总医院|肿瘤医院|泰达医院|第一中心医院|人民医院|中医院"
)


def load(name):
    """One world file as data."""
    return json.loads((WORLD / f"{name}.json").read_text(encoding="utf-8"))


def texts(value):
    """Every string inside a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def by(name, key="key"):
    """The rows of a file by their key; a repeated key fails."""
    rows = load(name)
    found = {row[key]: row for row in rows}
    assert len(found) == len(rows)
    return found


def assert_same_shape(rows):
    assert len({tuple(row) for row in rows}) == 1


def test_counts():
    assert Counter(e["kind"] for e in load("enterprises")) == {
        "enterprise": 14,
        "hospital": 1,
        "institute": 1,
        "university": 1,
        "college": 2,
    }
    assert len(load("bases")) == 12
    assert 38 <= len(load("skills")) <= 46
    assert Counter(m["role"] for m in load("mentors")) == {"academic": 18, "industry": 22}
    assert len(load("projects")) == 48
    assert len(load("demands")) == 10
    people = load("people")
    assert [len(people[k]) for k in ("students", "programmes", "statements")] == [120, 8, 10]


@pytest.mark.parametrize("name", [f for f in FILES if f != "people"])
def test_rows_have_one_shape_and_unique_keys(name):
    rows = load(name)
    assert_same_shape(rows)
    by(name, "username" if name == "mentors" else "key")


def test_every_organisation_and_person_is_marked_as_invented():
    organisations = load("enterprises")
    for field in ("name_zh", "short_zh", "name_en"):
        names = [o[field] for o in organisations]
        assert len(set(names)) == len(names)
        assert all(n.startswith("Sample " if field == "name_en" else "示例") for n in names)
    mentors = [m["name_zh"] for m in load("mentors")]
    assert len(set(mentors)) == 40
    assert all(re.fullmatch(r"示例.(老师|工)", n) for n in mentors)
    students = load("people")["students"]
    assert len(set(students)) == 120
    # Given names only, from two closed sets of syllables: no surname, so no real person's name.
    assert all(re.fullmatch("示例[知若以亦予沐晴听言思书念][溪禾舟岚川屿桐苇澄远]", n) for n in students)
    assert all(b["name_zh"].startswith("示例基地") for b in load("bases"))


@pytest.mark.parametrize("name", FILES)
def test_no_real_body_or_person_is_named(name):
    for text in texts(load(name)):
        assert not REAL_NAMES.search(text), text
        # Whoever is called by a body's or a teacher's title must be one of ours.
        for hit in re.finditer(r"大学|学院|公司|集团|研究院|研究所", text):
            assert "示例" in text[max(0, hit.start() - 12) : hit.start()], text
        for hit in re.finditer(r"老师(?!傅)", text):
            assert re.search("示例.$", text[: hit.start()]), text


def test_people_named_in_texts_exist():
    known = {m["name_zh"]: m["username"] for m in load("mentors")}
    for project in load("projects"):
        for name in re.findall(r"示例.老师", " ".join(texts(project))):
            assert known[name] == project["academic_mentor"]


@pytest.mark.parametrize("name", FILES)
def test_house_words(name):
    for text in texts(load(name)):
        assert text == text.strip()
        assert not re.search(r"[!！]|您|赋能", text), text
        assert not re.search(r"[\u4e00-\u9fff][,;:?]|[,;:?][\u4e00-\u9fff]", text), text
        assert not re.search(r"押金|培训费|管理费|服装费|夜班费|介绍费", text), text


def test_bases_belong_and_two_have_expired():
    organisations = by("enterprises")
    bases = load("bases")
    for base in bases:
        owner = organisations[base["enterprise"]]
        assert owner["kind"] in {"enterprise", "hospital", "institute"}
        assert base["district"] == owner["district"]
        assert base["kind"] in {"training_base", "demonstration_base", "practice_base"}
        assert 3 <= base["places_per_year"] <= 12
        assert base["valid_from"] < base["valid_to"] and base["valid_from"] < 0
    assert sum(b["valid_to"] < 0 for b in bases) == 2


def test_skills():
    groups = {s["group"] for s in load("skills")}
    assert groups == {
        "upstream",
        "downstream",
        "analytics",
        "molecular",
        "data",
        "quality",
        "clinical",
        "equipment",
    }
    assert len({s["name_zh"] for s in load("skills")}) == len(load("skills"))


def test_mentors():
    organisations = by("enterprises")
    for mentor in load("mentors"):
        kind = organisations[mentor["organisation"]]["kind"]
        assert 2 <= mentor["capacity"] <= 5
        if mentor["role"] == "academic":
            assert kind == "college" and mentor["title"] in {"教授", "副教授"}
            assert re.fullmatch(r"academic\d\d", mentor["username"])
        else:
            assert kind in {"enterprise", "hospital"}
            assert mentor["category"] in {"executive", "technical", "scholar"}
            assert mentor["kind"] in {"industry_mentor", "industry_professor"}
            assert re.fullmatch(r"industry\d\d", mentor["username"])


def test_project_values():
    projects = load("projects")
    skills = set(by("skills"))
    assert {p["field"] for p in projects} == FIELDS
    assert {p["list"] for p in projects} == LISTS
    assert {p["chain"] for p in projects} == {"education", "talent", "industry", "innovation"}
    assert {p["talent_type"] for p in projects} == {"industrial", "scientist", "entrepreneur"}
    assert Counter(p["degree"] for p in projects) == {"any": 35, "master": 9, "doctor": 4}
    for p in projects:
        assert p["months"] in {6, 9, 12} and 60 <= p["start_offset_days"] <= 120 and 1 <= p["places"] <= 4
        assert p["board"] in BOARDS and p["housing"] in {"provided", "subsidy", "none"}
        assert p["safety_class"] in {"general", "biosafety_1", "biosafety_2", "chemical", "clean_room"}
        assert p["confidentiality"] in {"public", "member"} and isinstance(p["bottleneck"], bool)
        wanted = p["skills_required"] + p["skills_welcome"]
        assert len(set(wanted)) == len(wanted) and set(wanted) <= skills
        assert 1 <= len(p["skills_required"]) <= 3 and 1 <= len(p["skills_welcome"]) <= 3


def test_project_texts():
    projects = load("projects")
    for field in ("title_zh", "title_en", "summary_zh", "problem_zh", "demand_text_zh", "demand_answer_zh"):
        assert len({p[field] for p in projects}) == 48, field
    for p in projects:
        assert all(p[f] for f in PROJECT_TEXTS)
        assert len(p["title_zh"]) <= 22, p["key"]
        assert 20 <= len(p["summary_zh"]) <= 40, p["key"]
        assert 80 <= len(p["problem_zh"]) <= 180 and re.search(r"\d", p["problem_zh"]), p["key"]
        assert 2 <= len(p["aims_zh"]) <= 3 and 3 <= len(p["tasks_zh"]) <= 4
        assert 1 <= len(p["deliverables_zh"]) <= 3
        assert 2 <= len(re.findall("。", p["demand_text_zh"])) <= 3, p["key"]
        assert 1 <= len(re.findall("。", p["demand_answer_zh"])) <= 2, p["key"]


def test_project_steps_fill_the_months_without_a_gap():
    for p in load("projects"):
        end = 0
        for step in p["tasks_zh"]:
            first, last = re.match(r"第(\d+)(?:至(\d+))?个月：", step).groups()
            assert int(first) == end + 1, (p["key"], step)
            end = int(last or first)
        assert end == p["months"], p["key"]


def test_projects_pass_the_red_lines():
    bases = by("bases")
    mentors = by("mentors", "username")
    for p in load("projects"):
        base = bases[p["base"]]
        assert base["enterprise"] == p["enterprise"] == mentors[p["industry_mentor"]]["organisation"]
        assert mentors[p["academic_mentor"]]["role"] == "academic"
        assert base["valid_to"] > p["start_offset_days"] + p["months"] * 31
        assert 2500 <= p["stipend_month"] <= 4500
        assert p["stipend_month"] >= LEAST_SHARE_OF_WAGE * p["post_wage_month"]
        assert (p["hours_day"], p["hours_week"]) == (8, 40)


def test_caps_bind_for_a_few_and_never_by_much():
    projects = load("projects")
    mentors = by("mentors", "username")
    busy = set()
    for role in ("academic_mentor", "industry_mentor"):
        places = Counter()
        for p in projects:
            places[p[role]] += p["places"]
        above = [n - mentors[u]["capacity"] for u, n in places.items() if n > mentors[u]["capacity"]]
        assert 1 <= len(above) <= 6 and max(above) == 1
        busy |= set(places)
    assert busy == set(mentors)


def test_demands():
    demands = load("demands")
    organisations = by("enterprises")
    assert {d["state"] for d in demands} == {"submitted", "triaged", "answered", "returned"}
    assert Counter(d["level"] for d in demands)["board"] == 2
    assert {d["level"] for d in demands} == {"public", "member", "board"}
    for d in demands:
        assert organisations[d["enterprise"]]["kind"] in {"enterprise", "hospital", "institute"}
        assert d["list"] in LISTS and d["board"] in BOARDS
        assert d["submitted_offset_days"] < 0 < d["needed_in_days"] and 1 <= d["places"] <= 4
        assert bool(d["answer_zh"]) == (d["state"] in {"answered", "returned"})
        assert len(d["title_zh"]) <= 22 and d["text_zh"]


def test_people():
    people = load("people")
    colleges = {k for k, o in by("enterprises").items() if o["kind"] == "college"}
    assert {p["college"] for p in people["programmes"]} == colleges
    assert {p["degree"] for p in people["programmes"]} == {"master", "doctor"}
    assert all(p["name_zh"].startswith("生物与医药（") for p in people["programmes"])
    assert len(set(people["statements"])) == 10
    assert all(20 <= len(s) <= 200 for s in people["statements"])
