"""Copy the few front-end files that pages use from node_modules to static/vendor."""

import re
import shutil
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consortium.icons import ICONS

#: What pages load, as (path inside node_modules, name in static/vendor).
FILES = (
    ("bootstrap/dist/css/bootstrap.min.css", "bootstrap.min.css"),
    ("htmx.org/dist/htmx.min.js", "htmx.min.js"),
    ("sortablejs/Sortable.min.js", "sortable.min.js"),
)


def sprite(folder, names):
    """One SVG with a symbol for each named drawing found in `folder`."""
    symbols = []
    for name in names:
        source = (Path(folder) / f"{name}.svg").read_text(encoding="utf-8")
        found = re.search(r'viewBox="([^"]+)"[^>]*>(.*)</svg>', source, re.DOTALL)
        if not found:
            raise ValueError(f"{name}.svg does not look like a drawing")
        # Two decimals are finer than any screen draws, and a third of the weight goes.
        body = re.sub(r"(\.\d\d)\d+", r"\1", re.sub(r">\s+<", "><", found[2].strip()))
        box = found[1]
        symbols.append(f'<symbol id="{name}" viewBox="{box}">{body}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


def without_source_map(text):
    """The file without its pointer to a source map, which is not shipped and would be looked for."""
    return re.sub(r"\n?(?:/\*#|//#) sourceMappingURL=[^\n*]*(?:\*/)?\s*$", "\n", text)


class Command(BaseCommand):
    help = "Copies the pages' libraries from node_modules to static/vendor and draws the icon sprite."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--source", default=None, help="default: node_modules beside manage.py")
        parser.add_argument("--target", default=None, help="default: static/vendor beside manage.py")

    def handle(self, *args, **options):
        base = Path(settings.ROOT)
        source = Path(options["source"] or base / "node_modules")
        target = Path(options["target"] or base / "static" / "vendor")
        missing = [name for name, _ in FILES if not (source / name).is_file()]
        if missing:
            raise CommandError(f"Not found in {source}: {', '.join(missing)}. Run npm ci first.")
        # Built beside the old one and swapped, so that a running server never meets half a folder.
        fresh = target.with_name(target.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name, short in FILES:
            text = (source / name).read_text(encoding="utf-8")
            (fresh / short).write_text(without_source_map(text), encoding="utf-8")
        drawings = sprite(source / "bootstrap-icons" / "icons", ICONS)
        (fresh / "icons.svg").write_text(drawings, encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
        self.stdout.write(f"{len(FILES)} files and {len(ICONS)} icons are in {target}")
