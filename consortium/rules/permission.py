"""Who may take a step at all, and that a second person is another one."""

from django.utils.translation import gettext as _

from consortium.reach import holders, names, reach
from consortium.refusals import Forbidden


def ask_permission(by, permission, sentence=""):
    """Refuse a person who lacks the permission for all rows, and name those who have it. The clock is let through."""
    if by is not None and not reach(by, permission).all:
        raise Forbidden(
            sentence or _("Your role does not include this."),
            remedy=_("Ask: %(names)s.") % {"names": names(holders(permission))},
        )


def ask_another_person(by, first, permission, sentence):
    """Refuse when the second person is the first."""
    if by.pk == first.pk:
        raise Forbidden(
            sentence,
            remedy=_("Somebody else with the right to it must act: %(names)s.")
            % {
                "names": names(holders(permission, except_for=[first]))
                or _("nobody yet; ask for another account")
            },
            code="two_persons",
        )
