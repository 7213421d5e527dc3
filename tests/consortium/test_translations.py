"""Messages are found wherever a page or a sentence uses them, and a fault in the catalogue is named."""

import pytest
from django.core.management import CommandError, call_command

from consortium import translations

TEMPLATE = """{% load i18n %}
<p title="{% translate "Close" %}">
      {% blocktranslate trimmed count c=n %}
        one "thing"
      {% plural %}
   {{ c }} things
  {% endblocktranslate %}
  {% if x == _("it's") %} {{ y|default:_("none") }}{% endif %}
  {% translate "May" context "month" %} {# don't #} {% include "x.html" with title=_("Title") %}
  {% comment %} {% translate "Gone" %} ' {% endcomment %}{% translate "after" %}
"""
PYTHON = """
raise Refused(_("No %(name)s here.") % {"name": gettext("person")}, _("a" " b"))
y = ngettext("%(n)s row", "%(n)s rows", n) % {"n": foo(_("nested"))}
z = pgettext_lazy("month", "March")
w = f"{_('inside')}"
v = gettext(marked_elsewhere)
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    (tmp_path / "mentors").mkdir()
    (tmp_path / "mentors" / "views.py").write_text(PYTHON)
    return tmp_path


def keys(catalogue):
    return {translations.key(message) for message in catalogue if message.id}


def test_extract_finds_every_way_to_write_a_message(root):
    plain = 'Close|one "thing"|it\'s|none|Title|after|No %(name)s here.|person|a b|%(n)s row|nested|inside'
    expected = {(None, text) for text in plain.split("|")} | {("month", "May"), ("month", "March")}
    assert keys(translations.extract(root)) == expected


def test_extract_names_the_file_that_cannot_be_read(root):
    (root / "mentors" / "broken.py").write_text("def (:")
    with pytest.raises(translations.Unreadable, match="broken.py"):
        translations.extract(root)
    left_out = []
    assert (None, "person") in keys(translations.extract(root, on_unreadable=left_out.append))
    assert len(left_out) == 1


def catalogue(**messages):
    made = translations.Catalog(locale="zh_Hans", fuzzy=False)
    for text, translation in messages.items():
        made.add(text, translation)
    return made


def test_merge_keeps_translations_and_drops_what_nobody_says():
    stored = catalogue(old="旧的", kept="留着")
    merged = translations.merge(catalogue(kept="", fresh=""), stored)
    assert {message.id: message.string for message in merged if message.id} == {"kept": "留着", "fresh": ""}


def test_compare_names_missing_obsolete_and_fuzzy():
    stored = catalogue(obsolete="旧的", unsure="也许")
    stored["unsure"].flags.add("fuzzy")
    difference = translations.compare(catalogue(unsure="", absent=""), stored)
    assert (difference.missing, difference.obsolete, difference.fuzzy) == (
        ["absent"],
        ["obsolete"],
        ["unsure"],
    )
    assert not translations.compare(catalogue(a=""), catalogue(a="甲"))


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("%(name)s, %(count)d rows", "%(count)d 行，%(name)s", "%(count)d 行"),
        ("%s of %s", "%s／%s", "%s"),
        ("{who} signed", "{who} 已签署", "{whom} 已签署"),
        ("%(share)s %% placed", "%(share)s %% 已落实", "%(shore)s %% 已落实"),
    ],
)
def test_compare_names_a_placeholder_that_got_lost(text, good, bad):
    found = catalogue(**{text: ""})
    assert not translations.compare(found, catalogue(**{text: good}))
    assert translations.compare(found, catalogue(**{text: bad})).placeholders


def test_plural_needs_the_placeholders_of_the_plural_only():
    found = translations.Catalog(locale="zh_Hans", fuzzy=False)
    found.add(("one row", "%(n)s rows"))
    stored = translations.Catalog(locale="zh_Hans", fuzzy=False)
    stored.add(("one row", "%(n)s rows"), ("%(n)s 行",))
    assert not translations.compare(found, stored)


def test_written_catalogue_reads_back_equal_and_writes_the_same_bytes(tmp_path):
    path = tmp_path / "django.po"
    stored = catalogue(b="乙", a="甲", c="")
    translations.write(translations.merge(stored, stored), path)
    first = path.read_bytes()
    again = translations.read(path)
    translations.write(translations.merge(again, again), path)
    assert path.read_bytes() == first
    assert b"Date" not in first
    assert {message.id: message.string for message in again if message.id} == {"a": "甲", "b": "乙", "c": ""}


def test_compiled_catalogue_is_what_gettext_reads(tmp_path):
    import gettext

    path = tmp_path / "django.po"
    translations.write(catalogue(word="词", other=""), path)
    with translations.compile_catalogue(path).open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("word") == "词"
    assert compiled.gettext("other") == "other"


def test_check_command_fails_with_a_list(monkeypatch, root, capsys, tmp_path):
    monkeypatch.setattr(translations, "extract", lambda: catalogue(absent=""))
    monkeypatch.setattr(translations, "read", lambda: catalogue())
    with pytest.raises(CommandError, match="make messages"):
        call_command("messages", "--check")
    assert "missing: 'absent'" in capsys.readouterr().err
