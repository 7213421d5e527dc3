"""What a certificate says, and the fingerprint of it that paper and check page share."""

import hashlib
import json
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium.enums import MembershipRank
from consortium.templatetags.portal import day_text


def facts_of(membership):
    """The facts of a membership as its certificate keeps them: codes and ISO days, in nobody's language."""
    return {
        "unit": membership.organisation.name_zh,
        "unit_en": membership.organisation.name_en,
        "council": membership.council.name_zh,
        "rank": str(membership.rank),
        "since": membership.since.isoformat(),
        "until": membership.until.isoformat(),
        "resolution": membership.resolution.number,
        "passed_on": membership.resolution.passed_on.isoformat(),
    }


def lines_of(facts):
    """[(label, text)] of what the certificate states, in the language that is active."""
    first, last, passed = (
        day_text(date.fromisoformat(facts[name])) for name in ("since", "until", "passed_on")
    )
    return [
        (_("Rank"), str(MembershipRank(facts["rank"]).label)),
        (pgettext("membership", "Term"), _("%(first)s to %(last)s") % {"first": first, "last": last}),
        (_("Resolution"), _("%(number)s of %(day)s") % {"number": facts["resolution"], "day": passed}),
    ]


def fingerprint_of(facts, number):
    """The SHA-256 of the facts, the same on paper and on the check page."""
    said = [number, *(facts[name] for name in ("unit", "council", "rank", "since", "resolution"))]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def in_fours(fingerprint):
    """The first half of a fingerprint in groups of four, as it stands on paper."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, 32, 4))
