"""Every setting that can come from the environment stands in .env.example, and nothing else does."""

import re

from tests.settings import ROOT

READ = re.compile(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"")
WRITTEN = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)


def test_env_example_names_exactly_what_settings_read():
    read = set(READ.findall((ROOT / "consortium" / "settings.py").read_text(encoding="utf-8")))
    written = WRITTEN.findall((ROOT / ".env.example").read_text(encoding="utf-8"))
    assert len(written) == len(set(written))
    assert set(written) == read
