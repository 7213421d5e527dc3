"""Who keeps and who reads the people to talk to at an organisation."""

from consortium.reach import reach
from consortium.roles import Permission


def can_keep(user, organisation):
    """The secretariat, and the organisation's own administrators."""
    return (
        reach(user, Permission.RECORD_MEMBERSHIP).all
        or organisation.pk in reach(user, Permission.EDIT_DEMAND).organisations
    )


def can_reveal(user, contact):
    """Whether the person may see number and address, having said why."""
    return contact.withdrawn_on is None and can_keep(user, contact.organisation)
