"""The look as far as it is measured without a browser: contrast, weight, icons, badges, words."""

import gzip
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.core.management import CommandError, call_command
from django.template import Context, RequestContext, Template
from django.utils import translation

from consortium import badges, clock, icons
from consortium.enums import JobState
from consortium.management.commands.vendor_assets import FILES
from consortium.models import Job
from consortium.styleguide import SampleForm

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# (foreground, background, least ratio): text 4.5, marks and borders of controls 3.
PAIRS = [
    *[(ink, ground, 4.5) for ink in ("ink", "ink-2", "ink-3", "teal") for ground in ("paper", "surface")],
    *[(ink, "sunken", 4.5) for ink in ("ink", "ink-2", "ink-3", "teal")],
    *[(tone, f"{tone}-s", 4.5) for tone in ("amber", "indigo", "green", "red", "slate", "teal")],
    *[("ink", f"{tone}-s", 4.5) for tone in ("amber", "green", "red", "teal")],
    *[(tone, "surface", 4.5) for tone in ("amber", "indigo", "green", "red")],
    ("on-teal", "teal", 4.5),
    ("on-teal", "teal-h", 4.5),
    ("on-deep", "deep", 4.5),
    ("on-deep-2", "deep", 4.5),
    ("on-amber", "amber-f", 4.5),
    ("amber-f", "deep", 4.5),
    ("line-2", "surface", 3),
    *[(f"c{number}", "surface", 3) for number in range(1, 7)],
    ("c-off", "surface", 3),
]


def tokens(theme):
    """The names and colours of a theme; the dark ones lie over the light."""
    texts = [(STATIC / "portal.css").read_text(encoding="utf-8")]
    if theme == "dark":
        texts.append((STATIC / "dark.css").read_text(encoding="utf-8"))
    return {
        name: value for text in texts for name, value in re.findall(r"--([\w-]+):\s*#([0-9a-f]{3,6})\b", text)
    }


def luminance(colour):
    digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_is_read_on_its_ground(theme):
    known = tokens(theme)
    weak = [
        (theme, front, back, round(contrast(known[front], known[back]), 2))
        for front, back, least in PAIRS
        if contrast(known[front], known[back]) < least
    ]
    assert weak == []


def weight(*names):
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def test_style_and_script_stay_light():
    assert weight("portal.css", "portal.js") <= 15 * 1024
    assert weight("vendor/icons.svg") <= 8 * 1024


def test_no_page_carries_style_or_script_of_its_own():
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in TEMPLATES
        if "mail" not in path.parts
        for match in re.finditer(
            r"<style\b|\bstyle=\"|\son[a-z]+=\"|<script(?![^>]*\bsrc=)", path.read_text(encoding="utf-8")
        )
    ]
    assert found == []


def test_every_icon_of_a_page_is_drawn():
    named = re.compile(r"{% icon \"([^\"]+)\"")
    used = {(path, name) for path in TEMPLATES for name in named.findall(path.read_text(encoding="utf-8"))}
    sprite = (STATIC / "vendor" / "icons.svg").read_text(encoding="utf-8")
    assert used
    for path, name in used:
        assert f'id="{icons.drawing(name)}"' in sprite, path


def test_an_unknown_icon_says_where_to_add_it():
    with pytest.raises(KeyError, match=r"consortium/icons\.py"):
        render('{% icon "unicorn" %}')


def test_lock_names_no_address():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all("resolved" not in entry and entry["integrity"] for entry in packages.values())
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_vendor_assets_copies_all_or_says_what_is_missing(tmp_path):
    call_command("vendor_assets", target=str(tmp_path / "vendor"))
    made = {path.name for path in (tmp_path / "vendor").iterdir()}
    assert made == {short for _, short in FILES} | {"icons.svg"}
    assert "sourceMappingURL" not in (tmp_path / "vendor" / "bootstrap.min.css").read_text(encoding="utf-8")
    with pytest.raises(CommandError, match="npm ci"):
        call_command("vendor_assets", source=str(tmp_path), target=str(tmp_path / "vendor"))
    assert {path.name for path in (tmp_path / "vendor").iterdir()} == made


# --- badges


def test_every_registered_state_has_a_tone():
    assert badges.missing() == []


def test_a_turn_is_amber_and_keeps_its_word(monkeypatch):
    monkeypatch.setitem(badges._TABLE, "thing", {"open": (badges.INDIGO, "Open")})
    assert badges.look("thing", "open") == badges.Badge(badges.INDIGO, "Open")
    assert badges.look("thing", "open", turn=True) == badges.Badge(badges.AMBER, "Open")
    assert badges.look("thing", "other") == badges.Badge(badges.SLATE, "other")
    with pytest.raises(ValueError, match="no tone"):
        badges.register("thing", {"open": "purple"})


# --- dates and numbers


def render(text, **values):
    return Template("{% load portal %}" + text).render(Context(values))


MOMENT = datetime(2025, 3, 5, 9, 0, tzinfo=UTC)  # 17:00 in Beijing


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("zh-hans", "{{ at|day_text }}", "2025年3月5日"),
        ("en", "{{ at|day_text }}", "5 Mar 2025"),
        ("zh-hans", "{{ at|moment_text }}", "2025年3月5日 17:00"),
        ("zh-hans", "{{ at|moment_zone_text }}", "2025年3月5日 17:00（北京时间）"),
        ("en", "{{ at|moment_zone_text }}", "5 Mar 2025 17:00 (Beijing time)"),
        ("zh-hans", "{{ nothing|day }}{{ nothing|moment_zone }}{{ nothing|remaining }}", ""),
        (
            "zh-hans",
            '{{ 300|bound_number:"nearly" }} {{ 1000|bound_number:"at_least" }} {{ 7|bound_number }}',
            "近300 1000余 7",
        ),
        ("zh-hans", "{{ 9999|figure }} {{ 12500|figure }} {{ 250000000|figure }}", "9999 1.25万 2.5亿"),
        ("en", "{{ 9999|figure }} {{ 12500|figure }}", "9999 12,500"),
        ("en", "{{ 39|percent:186 }} {{ 1|percent:0 }}", "21.0% "),
    ],
)
def test_words_of_dates_and_numbers(language, text, said):
    with translation.override(language):
        assert render(text, at=MOMENT, nothing=None) == said


def test_this_year_needs_no_year_in_a_list():
    now = clock.reading()
    with translation.override("zh-hans"):
        assert "年" not in render("{{ at|moment_text }}{{ at|day_short_text }}", at=now)
        assert (
            render("{{ at|day_short }}", at=date(2020, 1, 2))
            == '<time class="nw" datetime="2020-01-02">2020年1月2日</time>'
        )


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=12, hours=3, seconds=5), "还剩12天"),
        (timedelta(days=3, hours=6, seconds=5), "还剩3天6小时"),
        (timedelta(hours=2, minutes=10, seconds=5), "还剩2小时10分钟"),
        (timedelta(seconds=5), "还剩1分钟"),
        (timedelta(seconds=-5), "已截止"),
    ],
)
def test_what_remains(left, said):
    with translation.override("zh-hans"):
        assert render("{{ at|remaining }}", at=clock.reading() + left) == said


def test_words_for_dates_ask_the_database_nothing(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        render("{{ at|moment }}{{ at|remaining }}{{ at|day_short }}{% server_time %}", at=MOMENT)


# --- forms and links


def test_each_form_key_is_new():
    first, second = (re.search(r'value="(\w{32})"', render("{% form_key %}"))[1] for _ in range(2))
    assert first != second


def test_a_field_ties_its_help_and_error_to_its_control():
    form = SampleForm({"code": "123"})
    html = render('{% include "components/field.html" with field=form.code only %}', form=form)
    assert 'aria-describedby="id_code_helptext id_code_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_code_helptext"' in html and 'id="id_code_error"' in html
    group = render('{% include "components/field.html" with field=form.kind only %}', form=form)
    assert group.startswith("<fieldset") or "<fieldset" in group
    assert 'class="form-check-input' not in group


def test_a_summary_links_to_every_wrong_field():
    form = SampleForm({"code": "123"})
    html = render('{% include "components/error_summary.html" with form=form only %}', form=form)
    assert set(re.findall(r'href="#(\w+)"', html)) == {"id_code", "id_kind", "id_field", "id_agree"}


def test_a_field_with_markup_in_its_value_stays_text():
    class Plain(forms.Form):
        name = forms.CharField()

    html = render(
        '{% include "components/field.html" with field=form.name only %}', form=Plain({"name": '"><script>x'})
    )
    assert "<script" not in html


def test_a_partial_included_alone_still_carries_the_token_and_the_address(rf):
    request = rf.get("/list/?kind=a&kind=b&page=3")
    part = Template('{% load portal %}{% csrf %}|{% query_toggle "kind" "b" %}|{% query_toggle "kind" "c" %}')
    html = Template("{% include part only %}").render(RequestContext(request, {"part": part}))
    token, off, on = html.split("|")
    assert 'name="csrfmiddlewaretoken"' in token
    assert (off, on) == ("?kind=a", "?kind=a&amp;kind=b&amp;kind=c")


# --- the page of all components


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_styleguide_shows_all_in_one_language(client, language):
    client.cookies["django_language"] = language
    page = client.get("/styleguide/")
    assert page.status_code == 200
    text = re.sub(r"<[^>]+>", " ", page.content.decode())
    if language == "en":
        # What the source document says stays in its own words; the switch names the other language.
        text = re.sub("近300人|100亿元|中文", "", text)
        assert not re.findall(r"[\u4e00-\u9fff]+", text)
    else:
        assert "组件与状态" in text


def test_a_broken_job_says_where_and_that_nothing_is_polled(db):
    job = Job(
        pk=7,
        kind="match",
        state=JobState.FAILED,
        object_id=1,
        steps=[
            {"key": "read", "started": "2026-01-01T00:00:00+00:00", "ended": "2026-01-01T00:00:02+00:00"},
            {"key": "solve", "started": "2026-01-01T00:00:02+00:00", "ended": None},
        ],
        history=[{"attempt": 1}],
        error="<b>Nothing was written.</b>",
    )
    html = render('{% include "components/job.html" %}', job=job, may_stop=True)
    assert html.count("is-done") == 1 and html.count("is-failed") == 1
    assert "2.0" in html
    assert "hx-get" not in html and "/stop/" not in html
    assert "&lt;b&gt;Nothing was written.&lt;/b&gt;" in html
    assert 'data-say="' in html
    job.state = JobState.RUNNING
    live = render('{% include "components/job.html" %}', job=job, may_stop=True)
    assert 'hx-get="/jobs/7/"' in live and 'action="/jobs/7/stop/"' in live
    followed = render('{% include "components/job.html" %}', job=job, may_stop=False)
    assert 'hx-get="/jobs/7/"' in followed and "/stop/" not in followed
