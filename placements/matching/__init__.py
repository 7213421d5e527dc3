"""Matching students to projects: an instance in, a result out, separate code to check it. Plain Python.

`load_instance(bytes_or_path)` reads and refuses, `solve(instance)` answers, and `verify(instance, result)`
lists the faults.
"""

from .instance import Instance, load_instance
from .result import CheckFailed, result_bytes
from .solver import solve
from .strict import BadInput, canonical_bytes, no_collector, parse_json, read_file, sha256
from .verifier import verify

__all__ = [
    "BadInput",
    "CheckFailed",
    "Instance",
    "canonical_bytes",
    "load_instance",
    "no_collector",
    "parse_json",
    "read_file",
    "result_bytes",
    "sha256",
    "solve",
    "verify",
]
