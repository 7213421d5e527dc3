"""Second factors: what a person changes on one's own account, each with its audit row and a message."""

from django.urls import reverse

from consortium import clock
from consortium.audit import action, record
from consortium.notifications import notify

# verb of the trail -> kind of the message
OWN_CHANGES = {
    "second factor added": "factor_added",
    "second factor removed": "factor_removed",
    "recovery codes made": "codes_made",
}


@action
def change_own_factors(*, by, verb, kind, change):
    """Run `change()`, allauth's own step on the factors of `by`, as one act; return what it returned.

    `verb` is one of OWN_CHANGES, `kind` what was changed (totp, webauthn, recovery_codes). The person is told by bell
    and mail at once: whoever did not do this must learn of it. What `change` raises undoes all.
    """
    result = change()
    record(verb, by, by=by, kind=kind)
    notify(by, OWN_CHANGES[verb], key=f"{by.pk}:{clock.now().isoformat()}", url=reverse("mfa_index"))
    return result
