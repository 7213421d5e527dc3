"""Signs of life of the processes that serve no pages: when the clock last sent work, when a worker last did some.

They lie in the cache, where the web processes can read them, and may be lost: the next sign comes within seconds.
"""

import time

from django.core.cache import cache

SILENT_SECONDS = (
    90  # the clock sends work every few seconds; a worker with both hands full has its jobs' heartbeats
)
CLOCK, WORKER = "pulse-of-the-clock", "pulse-of-a-worker"


def beat(who):
    """Say that `who` (CLOCK or WORKER) lives."""
    cache.set(who, time.time(), timeout=None)


def seconds_since(who):
    """Seconds since the last sign of life of `who`, or None when there was none."""
    last = cache.get(who)
    return None if last is None else max(0.0, time.time() - last)


def is_alive(who):
    """Whether the last sign of life is recent."""
    silence = seconds_since(who)
    return silence is not None and silence <= SILENT_SECONDS
