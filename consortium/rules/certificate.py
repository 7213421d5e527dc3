"""What a certificate says, and the fingerprint of it that paper and check page share."""

import hashlib
import json

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium.templatetags.portal import day_text


def facts_of(membership):
    """[(label, text)] of what the certificate states, in the language that is active."""
    return [
        (_("Rank"), str(membership.get_rank_display())),
        (
            pgettext("membership", "Term"),
            _("%(first)s to %(last)s")
            % {"first": day_text(membership.since), "last": day_text(membership.until)},
        ),
        (
            _("Resolution"),
            _("%(number)s of %(day)s")
            % {"number": membership.resolution.number, "day": day_text(membership.resolution.passed_on)},
        ),
    ]


def fingerprint_of(membership, number):
    """The SHA-256 of the facts, the same on paper and on the check page."""
    facts = [
        number,
        membership.organisation.name_zh,
        membership.council.name_zh,
        membership.rank,
        membership.since.isoformat(),
        membership.resolution.number,
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()
