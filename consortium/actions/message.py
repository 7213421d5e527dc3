"""Which mails a person wants: of an optional kind none, or again."""

from django.utils.translation import gettext as _

from consortium import clock
from consortium.audit import action, record
from consortium.models import QuietMail
from consortium.refusals import Invalid
from consortium.registry import registry


@action
def set_quiet(*, user, kind, quiet, by):
    """End the mails of one kind for a person, or send them again; the messages still stand in the portal.

    Refuses a kind whose mails must come. The same wish twice is one.
    """
    if kind not in registry.messages or not registry.messages[kind].optional:
        raise Invalid(
            _("Mails of this kind cannot be turned off."), remedy=_("They ask for something that has a date.")
        )
    if quiet:
        _row, changed = QuietMail.objects.get_or_create(user=user, kind=kind, defaults={"since": clock.now()})
    else:
        changed, _rows = QuietMail.objects.filter(user=user, kind=kind).delete()
    if changed:
        record("mail turned off" if quiet else "mail turned on", user, by=by, kind=kind)
