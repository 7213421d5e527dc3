"""Bases and their accreditations, recorded from documents."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consortium import clock, policy
from consortium.audit import action, record
from consortium.enums import MEMBERSHIP_OVER
from consortium.notifications import notify_many
from consortium.reach import reach
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from consortium.templatetags.portal import day_text
from placements.models import Base, BaseAccreditation

PLACES_BOUNDS = (1, 500)


@action
def record_base(*, by, name, organisation, district, kind, places_per_year, is_sample=False):
    """Record a base at a partner and return it. It takes no students before an accreditation is recorded.

    Refuses a name that another base has, places out of bounds, and an organisation whose membership has ended.
    """
    _must_keep(by)
    _refuse_places(places_per_year)
    _refuse_name(name)
    states = set(organisation.memberships.values_list("state", flat=True))
    if states and states <= set(MEMBERSHIP_OVER):
        raise Refused(
            _("The membership of %(unit)s has ended; no new base is recorded there.")
            % {"unit": organisation.name},
            remedy=_("Renew the membership first. Students who are there now are not affected."),
            url=organisation.get_absolute_url(),
            url_label=_("Open the membership"),
            field="organisation",
        )
    base = Base(
        name=name,
        organisation=organisation,
        district=district,
        kind=kind,
        places_per_year=places_per_year,
        is_sample=is_sample,
        created_at=clock.now(),
    )
    try:
        with transaction.atomic():
            base.save()
    except IntegrityError:
        _refuse_name(name)
        raise
    record("base recorded", base, by=by, organisation=organisation.name_zh, kind=str(kind))
    return base


@action
def edit_base(*, base, by, **fields):
    """Change a base's name, district, kind or places a year; only what differs is written and noted."""
    _must_keep(by)
    base = Base.objects.select_for_update().get(pk=base.pk)
    changed = {
        name: [str(getattr(base, name)), str(value)]
        for name, value in fields.items()
        if name in ("name", "district", "kind", "places_per_year") and value != getattr(base, name)
    }
    if "places_per_year" in changed:
        _refuse_places(fields["places_per_year"])
    if "name" in changed:
        _refuse_name(fields["name"])
    for name in changed:
        setattr(base, name, fields[name])
    if changed:
        base.save()
        record("base edited", base, by=by, changed=changed)
    return base


@action
def record_accreditation(*, by, base, number, valid_from, valid_to=None, document=None):
    """Record an accreditation with its validity, both days included, and return it.

    `valid_to` is by default the term that policy sets. Refuses a number that was used, days in the wrong order, and
    an accreditation that lies wholly inside another one of the base.
    """
    _must_keep(by)
    valid_to = valid_to or _term_end(valid_from)
    if valid_from >= valid_to:
        raise Invalid(
            _("The accreditation ends on %(until)s, before or on the day it begins.")
            % {"until": day_text(valid_to)},
            remedy=_("Enter a last day after the first."),
            field="valid_to",
        )
    _refuse_number(number)
    around = base.accreditations.filter(valid_from__lte=valid_from, valid_to__gte=valid_to).first()
    if around:
        raise Refused(
            _("Accreditation %(number)s already covers these days: %(from)s to %(to)s.")
            % {"number": around.number, "from": day_text(around.valid_from), "to": day_text(around.valid_to)},
            remedy=_("Enter the days of the new one."),
            field="valid_from",
        )
    row = BaseAccreditation(
        base=base,
        number=number,
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        _refuse_number(number)
        raise
    record(
        "accreditation recorded",
        base,
        by=by,
        number=number,
        valid_from=valid_from.isoformat(),
        valid_to=valid_to.isoformat(),
        document=document.sha256 if document else None,
    )
    _tell_base(base, row)
    return row


def _tell_base(base, row):
    from consortium.models import User

    people = User.objects.filter(
        is_active=True,
        grants__role__in=["base_manager", "enterprise_admin"],
        grants__organisation=base.organisation,
        grants__ended_at=None,
    ).distinct()
    notify_many(
        people.order_by("pk"),
        "base_accredited",
        key=str(row.pk),
        url=base.get_absolute_url(),
        base=base.name,
        number=row.number,
    )


def _term_end(valid_from):
    years = policy.value("base_years")
    try:
        anniversary = valid_from.replace(year=valid_from.year + years)
    except ValueError:  # 29 February
        anniversary = date(valid_from.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def _must_keep(by):
    if by is not None and not reach(by, Permission.RECORD_BASE).all:
        raise Forbidden(
            _("Your role does not keep bases."),
            remedy=_("Ask the graduate school or the secretariat to record it."),
        )


def _refuse_places(places):
    least, most = PLACES_BOUNDS
    if not least <= places <= most:
        raise Invalid(
            _("%(given)d places a year is out of bounds: it can be %(least)d to %(most)d.")
            % {"given": places, "least": least, "most": most},
            remedy=_("Enter a number within."),
            field="places_per_year",
        )


def _refuse_name(name):
    first = Base.objects.filter(name=name).first()
    if first:
        raise Invalid(
            _("There is already a base named “%(name)s”.") % {"name": name},
            remedy=_("Open that base, or give this one another name."),
            field="name",
            code="double",
            url=first.get_absolute_url(),
            url_label=_("Open that base"),
        )


def _refuse_number(number):
    first = BaseAccreditation.objects.filter(number=number).select_related("base").first()
    if first:
        raise Invalid(
            _("The number %(number)s stands for the accreditation of “%(base)s”.")
            % {"number": number, "base": first.base.name},
            remedy=_("Compare it with the document."),
            field="number",
            code="double",
            url=first.base.get_absolute_url(),
            url_label=_("Open that base"),
        )
