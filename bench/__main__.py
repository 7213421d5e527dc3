"""`python -m bench [SUBJECT ...]`: measure all or the named ones, print a table, write var/bench.json.

Ends with 1 when a bound is broken or a subject could not be measured, with 2 when there is no such subject.
"""

import json
import os
import platform
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import bench

TARGET = Path(__file__).resolve().parent.parent / "var" / "bench.json"


def subjects():
    """The names of the modules beside this one."""
    return [module.name for module in iter_modules(bench.__path__) if not module.name.startswith("_")]


def line(figure):
    """One row of the table."""
    mark = "kept" if figure.kept else "BROKEN"
    bound = f"at most {figure.at_most:g} {'times' if figure.against else figure.unit}"
    beside = f"{figure.share:.2f} x {figure.against}" if figure.against else ""
    return f"{mark:<6}  {figure.name:<66} {figure.value:12.4f} {figure.unit:<7}  {beside:<48} {bound}"


def measured(subject):
    """The figures of one subject as they come, each printed."""
    for figure in import_module(f"bench.{subject}").measure():
        print(line(figure), flush=True)
        yield {"subject": subject} | figure.as_dict()


def busy():
    """A line where others work on this machine: then seconds say little, and quotients swing."""
    load, cores = os.getloadavg()[0], os.cpu_count()
    return f"This machine is busy: {load:.1f} processes wait for {cores} cores." if load > cores / 2 else ""


def run(names):
    """Measure the subjects and write what was found; what is wrong, one line each."""
    figures, wrong = [], []
    before_all = busy()
    if before_all:
        print(before_all, file=sys.stderr)
    for subject in names:
        before = len(figures)
        try:
            figures.extend(measured(subject))
        except bench.Unmeasurable as reason:
            wrong.append(f"{subject} was not measured: {reason}")
            continue
        if len(figures) == before:
            wrong.append(f"{subject} gave no figure.")
        wrong += [f"{one['name']}: the bound is broken." for one in figures[before:] if not one["kept"]]
    machine = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "busy": before_all,
    }
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps({"run_on": machine, "figures": figures}, indent=1) + "\n", encoding="utf-8")
    print(f"{len(figures)} figures, {len(wrong)} wrong; written to {TARGET}")
    return wrong


def main(names):
    """Run the named subjects, or all."""
    known = subjects()
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"No such subject: {' '.join(unknown)}. There are: {' '.join(known)}.", file=sys.stderr)
        return 2
    wrong = run(names or known)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
