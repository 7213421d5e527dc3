"""The verdict of the run that counts: five checks, both files with their hashes, how to check it oneself."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.files import of_hash
from consortium.reach import may
from consortium.roles import Permission
from placements.enums import CapKind
from placements.rules import round as rules


def verdict(round, run, user):
    """The verdict with its five checks, files and the command to check it oneself."""
    seconds = run.verdict.get("seconds", {})
    return {
        "word": _("Check passed"),
        "promise": f"{rules.rule_label(run.rule)}{_(': ')}{rules.promise(run.rule)}",
        "when": _("Run %(n)d; computed in %(solve).3f s, checked in %(verify).3f s")
        % {
            "n": run.number,
            "solve": seconds.get("solve", 0),
            "verify": seconds.get("verify", 0),
        },
        "checks": _checks(run.verdict),
        "files": files(round, run, user),
        "command": f"python -m placements.matching verify {_('SNAPSHOT')} {_('RESULT')}",
    }


def _checks(figures):
    checks, caps = figures["checks"], figures.get("caps", {})
    counted = _(
        "%(projects)d projects, %(mentors)d mentors' caps, %(bases)d bases' caps counted one by one"
    ) % {
        "projects": figures["projects"],
        "mentors": caps.get(CapKind.MENTOR, 0),
        "bases": caps.get(CapKind.BASE, 0),
    }
    looked_up = _("conditions and scores of %(n)d students looked up again") % {"n": figures["students"]}
    pairs = _("blocking pairs; %(n)d choices checked one by one") % {"n": figures["choices"]}
    envy = _("justified envy; nobody with a lower score sits there")
    same = _("the hash of the snapshot agrees with that of freezing")
    return [
        _check(checks["places"], _("Places exceeded"), counted),
        _check(checks["eligibility"], _("Placed without being eligible"), looked_up),
        _check(checks["blocking"], _("Pairs that would rather swap"), pairs),
        _check(checks["envy"], _("Unfairly passed over"), envy),
        _check(checks["input"], _("Input changed"), same),
    ]


def _check(count, label, how):
    return {"count": count, "label": label, "how": how, "ok": not count}


def files(round, run, user):
    """Instance and result with their hashes; addresses only for those who may download."""
    allowed = may(user, Permission.READ_MATCH_FILES)
    instance = of_hash(run.instance_sha256) if allowed else None
    return [
        {
            "label": _("Frozen snapshot"),
            "hash": run.instance_sha256,
            "url": reverse("file", args=[instance.pk]) if instance else "",
        },
        {
            "label": _("Result file"),
            "hash": run.result_sha256,
            "url": reverse("file", args=[run.result_id]) if allowed else "",
        },
    ]
