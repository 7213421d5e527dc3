"""The certificate behind a code."""

from consortium.models import MembershipCertificate


def certificate_with(code):
    """The certificate with this code, or None; spaces and small letters are forgiven."""
    plain = "".join(code.split()).upper()
    return (
        MembershipCertificate.objects.select_related(
            "membership__organisation", "membership__council", "membership__resolution", "file"
        )
        .filter(code=plain)
        .first()
    )
