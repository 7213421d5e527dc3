"""What the clock does to many rows: each by itself, so that one that cannot go on holds up no other."""

import logging

from consortium.refusals import Refused

log = logging.getLogger(__name__)


def each_due(rows, step, *, stuck=None):
    """Run `step(row)` for each row and return how many it moved; a step answers None when somebody was first.

    A refusal is logged and told by `stuck(row, refusal)` if given, a fault of ours is logged with its trace; both go on.
    """
    done = 0
    for row in rows:
        try:
            done += step(row) is not None
        except Refused as refusal:
            log.warning("due.stuck", extra={"row": f"{row._meta.label_lower} {row.pk}", "code": refusal.code})
            if stuck:
                stuck(row, refusal)
        except Exception:
            log.exception("due.failed", extra={"row": f"{row._meta.label_lower} {row.pk}"})
    return done
