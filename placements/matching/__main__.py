"""The command line `python -m placements.matching solve|verify|batch|generate`; needs Python 3.11 only.

Exit 0 done, 1 verified and found wrong, 2 bad input, 3 the engine's own check failed and nothing was written.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import NoReturn

from .generator import generate
from .instance import load_instance
from .result import CheckFailed, describe, result_bytes
from .solver import match, prepare
from .strict import BadInput, canonical_bytes, no_collector, parse_json, read_file
from .verifier import verify

try:
    import resource
except ImportError:  # pragma: no cover - not on Windows
    resource = None

DONE, WRONG, BAD, FAILED = 0, 1, 2, 3


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadInput(f"command line: {' '.join(message.split())}")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # pragma: no branch - what stands in for it under test has none
            stream.reconfigure(errors="backslashreplace")
    return _guarded("", lambda: _run(arguments))


def _run(arguments: list[str] | None) -> int:
    given = _parser().parse_args(arguments)
    with no_collector():  # one short life: millions of objects and no cycle
        return given.command(given)


def _guarded(prefix: str, step: Callable[[], int]) -> int:
    """The exit code of a step; whatever goes wrong is one line, never a traceback."""
    try:
        return step()
    except BadInput as error:
        return _say(prefix, error, BAD)
    except CheckFailed as error:
        return _say(prefix, error, FAILED)
    except MemoryError:
        return _say(prefix, "file: is more than the memory of this machine holds", BAD)
    except Exception as error:
        return _say(prefix, f"internal: {type(error).__name__}: {error}", FAILED)


def _say(prefix: str, fault: object, code: int) -> int:
    print(" ".join(f"{prefix}{fault}".splitlines()), file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m placements.matching", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="solve|verify|batch|generate")
    solve = commands.add_parser("solve", help="solve one instance and write the result")
    solve.add_argument("instance")
    solve.add_argument("--out", required=True, metavar="RESULT")
    solve.add_argument("--time", action="store_true", help="print one JSON line of seconds and bytes")
    solve.set_defaults(command=_solve)
    check = commands.add_parser("verify", help="check a result against its instance")
    check.add_argument("instance")
    check.add_argument("result")
    check.set_defaults(command=_verify)
    batch = commands.add_parser("batch", help="solve every *.json of a folder")
    batch.add_argument("folder")
    batch.add_argument("--out", required=True, metavar="FOLDER")
    batch.set_defaults(command=_batch)
    make = commands.add_parser("generate", help="write an invented instance")
    make.add_argument("--students", type=_count, required=True)
    make.add_argument("--projects", type=_count, required=True)
    make.add_argument("--seed", type=int, required=True)
    make.add_argument("--groups", choices=["nested", "overlapping"])
    make.add_argument("--out", metavar="INSTANCE")
    make.set_defaults(command=_generate)
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} is not a count below a thousand million")
    return int(text)


# Commands


def _solve(given: argparse.Namespace) -> int:
    _refuse_same(given.instance, given.out)
    times = _solve_file(given.instance, given.out)
    if given.time:
        print(json.dumps(times | {"peak_bytes": _peak()}))
    return DONE


def _solve_file(source: str, out: str) -> dict[str, float]:
    """Solve one file into another; seconds of each step."""
    _refuse_out(out)
    marks = [perf_counter()]
    instance = load_instance(source)
    keys = prepare(instance)
    marks.append(perf_counter())
    answer = match(instance, keys)
    marks.append(perf_counter())
    result = describe(instance, keys, answer)
    marks.append(perf_counter())
    write_whole(out, result_bytes(result))
    marks.append(perf_counter())
    steps = zip(("read", "solve", "verify", "write"), marks, marks[1:], strict=False)
    return {name: round(end - start, 6) for name, start, end in steps}


def _peak() -> int | None:
    if resource is None:  # pragma: no cover - not on Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _verify(given: argparse.Namespace) -> int:
    instance = load_instance(given.instance)
    try:
        result = parse_json(read_file(given.result))
    except BadInput as error:
        raise BadInput(f"result {error}") from None
    faults = verify(instance, result)
    for fault in faults:
        print(" ".join(fault.splitlines()))
    return WRONG if faults else DONE


def _batch(given: argparse.Namespace) -> int:
    folder, out = Path(given.folder), Path(given.out)
    if not folder.is_dir():
        raise BadInput(f"folder: {given.folder!r} is not a folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"--out: cannot make the folder {given.out!r}: {error.strerror}") from None
    _refuse_same(folder, out)
    names = sorted(path.name for path in folder.glob("*.json") if not path.name.startswith("."))
    codes = [_guarded(f"{name}: ", lambda name=name: _batch_one(folder / name, out / name)) for name in names]
    return max(codes, default=DONE)


def _batch_one(source: Path, out: Path) -> int:
    _solve_file(str(source), str(out))
    return DONE


def _generate(given: argparse.Namespace) -> int:
    if given.out:
        _refuse_out(given.out)
    if given.students and not given.projects:
        raise BadInput("--projects: 0 leaves the students nothing to list")
    made = canonical_bytes(generate(given.students, given.projects, given.seed, given.groups))
    if given.out:
        write_whole(given.out, made)
    else:
        sys.stdout.buffer.write(made)
    return DONE


# Writing


def _refuse_same(source: str | Path, out: str | Path) -> None:
    try:
        same = os.path.samefile(source, out)
    except (OSError, ValueError):
        return
    if same:
        raise BadInput(f"--out: {os.fspath(out)!r} is what is read, it would be written over")


def _refuse_out(out: str) -> None:
    """Before any work: a place where no file can be put."""
    target = Path(out)
    try:
        folder, there, file = target.parent.is_dir(), target.exists(), target.is_file()
    except OSError as error:
        raise BadInput(f"--out: {out!r} cannot be written: {error.strerror}") from None
    if not folder:
        raise BadInput(f"--out: {str(target.parent)!r} is not a folder")
    if there and not file:
        raise BadInput(f"--out: {out!r} is there and is not a file")


def write_whole(out: str, data: bytes) -> None:
    """Put the bytes at the path, all or none: an older file stays until the new one is safely on the disk."""
    folder, name = os.path.split(os.path.abspath(out))
    half = os.path.join(folder, f".{secrets.token_hex(8)}.tmp")
    target = os.path.join(folder, name)
    try:
        with open(half, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, target)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput(f"--out: {out!r} cannot be written: {reason}") from None
    finally:
        with suppress(OSError):
            os.unlink(half)
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    """Make the new name itself last through a power cut, where the system can."""
    if os.name != "posix":  # pragma: no cover - a folder is no file there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


if __name__ == "__main__":  # pragma: no cover - the tests run it in a process of its own
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
