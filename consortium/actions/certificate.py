"""The certificate of a membership: one number, one code for the check page, one file."""

import secrets

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from consortium import clock, files, papers
from consortium.actions.membership import must_keep_register
from consortium.audit import action, record
from consortium.enums import MembershipState
from consortium.models import GovernanceBody, MembershipCertificate
from consortium.refusals import Refused
from consortium.rules.certificate import facts_of, fingerprint_of
from consortium.templatetags.portal import day_text

# Without letters and digits that are mistaken for each other on paper.
SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CONSORTIUM = "天津经济技术开发区生物医药产教联合体"


@action
def issue(*, membership, by=None):
    """Issue the certificate of a membership that stands; called twice it stays the first. Returns it.

    `by` None is the clock. Refuses whoever keeps no memberships, and a membership that is not in force.
    """
    if by is not None:
        must_keep_register(by)
    known = MembershipCertificate.objects.filter(membership=membership).first()
    if known:
        return known
    if membership.state not in (MembershipState.ACTIVE, MembershipState.TO_BEGIN):
        raise Refused(
            _("This membership is “%(state)s”; a certificate is issued for one in force.")
            % {"state": membership.get_state_display()},
            remedy=_("Open it again and go on from there."),
            url=membership.get_absolute_url(),
            url_label=_("Open the membership"),
            code="state",
        )
    now = clock.now()
    code = "-".join("".join(secrets.choice(SIGNS) for _sign in range(4)) for _group in range(3))
    number = _next_number(now)
    with translation.override("zh-hans"):
        content = papers.typeset("certificate", _said(membership, number, code, now), at=now)
    file = files.store(content, name=f"{number}.pdf", media_type="application/pdf", by=None)
    certificate = MembershipCertificate.objects.create(
        membership=membership, number=number, code=code, file=file, issued_at=now
    )
    record("certificate issued", membership.organisation, by=by, number=number, sha256=file.sha256)
    return certificate


def _said(membership, number, code, now):
    """What the paper says, in Chinese with an English title."""
    unit = membership.organisation
    url = settings.SITE_URL.rstrip("/") + reverse("certificate_check", args=[code])
    facts = facts_of(membership)
    digits = fingerprint_of(membership, number)[:32]
    return {
        "number": number,
        "number_words": _("No."),
        "title": _("Certificate of membership"),
        "title_en": "Certificate of Membership",
        "consortium": CONSORTIUM,
        "unit": unit.name_zh,
        "unit_en": unit.name_en,
        "sentence": _("is admitted to %(council)s as %(rank)s.")
        % {"council": membership.council.name_zh, "rank": membership.get_rank_display()},
        "facts": "\n".join(f"{label}\t{value}" for label, value in facts),
        "issuer": membership.council.name_zh,
        "issued": day_text(now),
        "fingerprint_words": _("Fingerprint of the facts"),
        "fingerprint": " ".join(digits[at : at + 4] for at in range(0, 32, 4)),
        "check_words": _("Check at"),
        "check_url": url,
        "code": code,
        "qr": papers.qr_svg(url),
        "sample": "示例" if unit.is_sample else "",
    }


def _next_number(moment):
    """The next number of the year; the councils' rows are locked, as for the numbers of applications."""
    list(GovernanceBody.objects.select_for_update().order_by("pk"))
    head = f"ZS-{moment.astimezone(clock.SHANGHAI).year}-"
    taken = MembershipCertificate.objects.filter(number__startswith=head).order_by()
    last = max((int(n.removeprefix(head)) for n in taken.values_list("number", flat=True)), default=0)
    return f"{head}{last + 1:04d}"
