"""People to talk to at an organisation: kept with their consent, shown in full to those who say why."""

from django.utils.translation import gettext as _

from consortium import clock
from consortium.audit import action, record
from consortium.models import OrganisationContact
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.rules.contact import can_keep, can_reveal
from consortium.templatetags.portal import day_text


@action
def record_contact(
    *,
    organisation,
    by,
    name,
    consented_on,
    consent_how,
    post="",
    phone="",
    email="",
    since=None,
    is_sample=False,
):
    """Keep a person to talk to. Refuses one without phone and address, and a consent dated to come."""
    _must_keep(by, organisation)
    if not phone and not email:
        raise Invalid(
            _("Neither a phone number nor a mail address is given."),
            remedy=_("Enter at least one of them."),
            field="phone",
        )
    today = clock.today()
    for field, day in (("consented_on", consented_on), ("since", since)):
        if day and day > today:
            raise Invalid(
                _("%(day)s is still to come.") % {"day": day_text(day)},
                remedy=_("Enter today or an earlier day."),
                field=field,
            )
    contact = OrganisationContact.objects.create(
        organisation=organisation,
        name=name,
        post=post,
        phone=phone,
        email=email,
        consented_on=consented_on,
        consent_how=consent_how,
        since=since or today,
        recorded_by=by,
        recorded_at=clock.now(),
        is_sample=is_sample,
    )
    record("contact recorded", organisation, by=by, contact=contact.pk, consented_on=consented_on.isoformat())
    return contact


@action
def end_contact(*, contact, by, consent_withdrawn=False):
    """End a contact today. With the consent withdrawn, name, post, phone and address are erased as well."""
    contact = (
        OrganisationContact.objects.select_for_update().select_related("organisation").get(pk=contact.pk)
    )
    _must_keep(by, contact.organisation)
    today = clock.today()
    if contact.withdrawn_on or (contact.until and not consent_withdrawn):
        raise Refused(
            _("This contact has ended already."),
            remedy=_("Open the organisation to see its contacts."),
            url=contact.get_absolute_url(),
            url_label=_("Open the contacts"),
        )
    contact.until = contact.until or max(today, contact.since)
    if consent_withdrawn:
        contact.withdrawn_on = today
        contact.name = contact.post = contact.phone = contact.email = ""
    contact.save()
    verb = "contact's consent withdrawn" if consent_withdrawn else "contact ended"
    record(verb, contact.organisation, by=by, contact=contact.pk)
    return contact


@action
def reveal_contact(*, contact, by, reason):
    """Note who asks for a contact's number and address, and why; returns the contact. Refuses an empty reason."""
    if not can_reveal(by, contact):
        raise Forbidden(
            _("Your role does not show contacts in full."),
            remedy=_("Ask the secretariat to pass your message on."),
        )
    if not reason.strip():
        raise Invalid(
            _("Say in a few words what you need the number for."),
            remedy=_("The reason stays in the trail."),
            field="reason",
        )
    record("contact shown in full", contact.organisation, by=by, contact=contact.pk, reason=reason.strip())
    return contact


def _must_keep(by, organisation):
    if by is not None and not can_keep(by, organisation):
        raise Forbidden(
            _("Your role does not keep the contacts of this organisation."),
            remedy=_("Ask its administrator or the secretariat."),
        )
