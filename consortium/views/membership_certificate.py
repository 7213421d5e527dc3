"""The public check of a certificate, by its QR code or by typing its code."""

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consortium import clock
from consortium.enums import MembershipState
from consortium.forms.membership_application import CodeForm
from consortium.queries.certificate import certificate_with
from consortium.registry import registry
from consortium.rules.certificate import in_fours, lines_of


def ask(request):
    """Type the code of a certificate."""
    form = CodeForm(request.GET or None)
    if form.is_valid():
        return redirect("certificate_check", form.cleaned_data["code"])
    status = 422 if form.errors else 200
    return render(request, "consortium/membership/check_ask.html", {"form": form}, status=status)


def check(request, code):
    """Whether there is such a certificate, what it says, and whether the membership stands today."""
    certificate = certificate_with(code)
    if certificate is None:
        for paper in registry.papers:
            if found := paper(code):
                template, context = found
                return render(request, template, context)
        return render(
            request,
            "consortium/membership/check_unknown.html",
            {"code": code[:20], "form": CodeForm()},
            status=404,
        )
    membership = certificate.membership
    return render(
        request,
        "consortium/membership/check_certificate.html",
        {
            "certificate": certificate,
            "membership": membership,
            "organisation": membership.organisation,
            "facts": lines_of(certificate.facts),
            "unit": certificate.facts["unit"],
            "council": certificate.facts["council"],
            "fingerprint": in_fours(certificate.fingerprint),
            "standing": _standing(membership, clock.today()),
        },
    )


def _standing(membership, today):
    """{"tone", "word", "text"} of the membership today, for a stranger who holds the paper."""
    if membership.state == MembershipState.SUSPENDED:
        return {
            "tone": "red",
            "word": _("Suspended"),
            "text": _("The certificate is genuine; the membership is suspended now."),
        }
    if membership.state == MembershipState.TO_BEGIN or membership.since > today:
        return {
            "tone": "indigo",
            "word": _("Not begun"),
            "text": _("The certificate is genuine; the membership begins later."),
        }
    if membership.state == MembershipState.ACTIVE and membership.until >= today:
        return {
            "tone": "green",
            "word": _("Valid"),
            "text": _("The certificate is genuine and the membership is in force."),
        }
    return {
        "tone": "red",
        "word": _("No longer valid"),
        "text": _("The certificate is genuine; the membership has ended."),
    }
