"""Contacts of organisations as their pages need them: masked, and only for those who keep them."""

from consortium.models import OrganisationContact
from consortium.reach import reach
from consortium.roles import Permission
from consortium.sealed import Unreadable


def contacts_visible_to(user):
    """All for the secretariat, those of the own organisation for its administrators, none for others."""
    rows = OrganisationContact.objects.select_related("organisation", "recorded_by")
    if reach(user, Permission.RECORD_MEMBERSHIP).all:
        return rows
    return rows.filter(organisation__in=reach(user, Permission.EDIT_DEMAND).organisations)


def masked_phone(phone):
    """13812345678 gives 138…678: enough to know it again."""
    if isinstance(phone, Unreadable):
        return phone
    return f"{phone[:3]}…{phone[-3:]}" if len(phone) > 6 else "…" * bool(phone)


def masked_email(email):
    """someone@example.cn gives s…@example.cn."""
    name, _at, place = email.partition("@")
    return f"{name[:1]}…@{place}" if place else ""
