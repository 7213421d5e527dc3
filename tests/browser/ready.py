"""`python -m tests.browser.ready`: one clear line when Chromium or a Chinese font is missing."""

import shutil
import subprocess
import sys

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"


def complaints():
    """One line for each thing that the browser tests need and this machine lacks."""
    if not shutil.which(CHROMIUM):
        yield "Chromium is missing; `make browser` installs it."
    if not _chinese_fonts():
        yield "No Noto CJK font is installed; `make browser` installs it."


def _chinese_fonts():
    if not shutil.which("fc-list"):
        return ""
    return subprocess.run(
        ["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=True
    ).stdout.strip()


if __name__ == "__main__":
    lines = list(complaints())
    for line in lines:
        print(line, file=sys.stderr)
    sys.exit(bool(lines))
