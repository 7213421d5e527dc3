"""The certificate of a membership: one number, one code for the check page, one file."""

import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from consortium import clock, files, papers
from consortium.actions.membership import must_keep_register
from consortium.audit import action, record
from consortium.enums import MembershipRank, MembershipState
from consortium.models import Membership, MembershipCertificate
from consortium.refusals import Refused
from consortium.rules.certificate import facts_of, fingerprint_of, in_fours, lines_of
from consortium.templatetags.portal import day_text

# Without letters and digits that are mistaken for each other on paper.
SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CONSORTIUM = "天津经济技术开发区生物医药产教联合体"
# So many others may take the number while one is typeset.
ATTEMPTS = 8


@action
def issue(*, membership, by=None):
    """Issue the certificate of a membership that stands; called twice, also at once, it stays the first. Returns it.

    `by` None is the clock. Refuses whoever keeps no memberships, and a membership that is not in force.
    """
    if by is not None:
        must_keep_register(by)
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("organisation", "council", "resolution")
        .get(pk=membership.pk)
    )
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
    certificate = _numbered(membership, code, now)
    record(
        "certificate issued",
        membership.organisation,
        by=by,
        number=certificate.number,
        sha256=certificate.file.sha256,
    )
    return certificate


def _numbered(membership, code, now):
    """The certificate under the next free number. No row but the membership's own is locked while it is typeset."""
    facts = facts_of(membership)
    for attempt in range(ATTEMPTS):
        number = _next_number(now)
        fingerprint = fingerprint_of(facts, number)
        content = papers.typeset(
            "certificate",
            said(
                facts=facts,
                number=number,
                code=code,
                fingerprint=fingerprint,
                issued_at=now,
                sample=membership.organisation.is_sample,
            ),
            at=now,
        )
        try:
            with transaction.atomic():
                file = files.store(content, name=f"{number}.pdf", media_type="application/pdf", by=None)
                return MembershipCertificate.objects.create(
                    membership=membership,
                    number=number,
                    code=code,
                    file=file,
                    issued_at=now,
                    facts=facts,
                    fingerprint=fingerprint,
                )
        except IntegrityError:  # another certificate took the number meanwhile: typeset it with the next
            if attempt == ATTEMPTS - 1:
                raise


def said(*, facts, number, code, fingerprint, issued_at, sample):
    """What the paper says ({key: text}), in Chinese with an English title, whoever asks for it."""
    url = settings.SITE_URL.rstrip("/") + reverse("certificate_check", args=[code])
    with translation.override("zh-hans"):
        return {
            "number": number,
            "number_words": _("No."),
            "title": _("Certificate of membership"),
            "title_en": "Certificate of Membership",
            "consortium": CONSORTIUM,
            "unit": facts["unit"],
            "unit_en": facts["unit_en"],
            "sentence": _("is admitted to %(council)s as %(rank)s.")
            % {"council": facts["council"], "rank": MembershipRank(facts["rank"]).label},
            "facts": "\n".join(f"{label}\t{value}" for label, value in lines_of(facts)),
            "issuer": facts["council"],
            "issued": day_text(issued_at),
            "fingerprint_words": _("Fingerprint of the facts"),
            "fingerprint": in_fours(fingerprint),
            "check_words": _("Check at"),
            "check_url": url,
            "code": code,
            "qr": papers.qr_svg(url),
            "sample": "示例" if sample else "",
        }


def _next_number(moment):
    """The next number of the year, as far as one can see: the database says when somebody else takes it first."""
    head = f"ZS-{moment.astimezone(clock.SHANGHAI).year}-"
    taken = MembershipCertificate.objects.filter(number__startswith=head).order_by()
    last = max((int(n.removeprefix(head)) for n in taken.values_list("number", flat=True)), default=0)
    return f"{head}{last + 1:04d}"
