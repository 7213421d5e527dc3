"""Registering and editing organisations, and noting the parts they play."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from consortium import clock
from consortium.audit import action, record
from consortium.enums import NameKind
from consortium.models import Organisation, OrganisationAlias, OrganisationRole
from consortium.names import index_organisation, search_key
from consortium.queries.organisation import possible_doubles
from consortium.refusals import Forbidden, Invalid, Stale
from consortium.rules.organisation import can_register
from consortium.templatetags.portal import day_text
from consortium.uscc import checked_uscc

EDITABLE = ("name_zh", "name_en", "short_zh", "kind", "uscc", "parent", "district", "profile")


@action
def register_organisation(
    *,
    by,
    name_zh,
    kind,
    name_en="",
    short_zh="",
    uscc=None,
    parent=None,
    district="",
    profile="",
    aliases=(),
    is_sample=False,
    source=None,
    statement="",
):
    """Add an organisation to the register and return it.

    `source` is {"document", "line", "quote", "note"} when a document names it. Refuses a person without the right,
    a wrong credit code, and a name or code that the register already has (with a link to that record).
    """
    must_keep_register(by)
    uscc = checked_uscc(uscc)
    # A unit may share its name with a unit elsewhere; a legal person may not share it with anyone.
    _refuse_double(name_zh=name_zh if parent is None else "", uscc=uscc)
    source = source or {}
    organisation = Organisation(
        name_zh=name_zh,
        name_en=name_en,
        short_zh=short_zh,
        kind=kind,
        uscc=uscc,
        parent=parent,
        district=district,
        profile=profile,
        statement=statement,
        is_sample=is_sample,
        created_at=clock.now(),
        created_by=by,
        source_document=source.get("document", ""),
        source_line=source.get("line"),
        source_quote=source.get("quote", ""),
        source_note=source.get("note", ""),
        pinyin=search_key(name_zh, short_zh, *aliases),
    )
    _save(organisation)
    _add_other_names(organisation, aliases, by)
    index_organisation(organisation)
    record("organisation registered", organisation, by=by, kind=str(kind), line=source.get("line"))
    return organisation


@action
def edit_organisation(*, organisation, by, aliases=None, revision=None, renamed_on=None, **fields):
    """Change what the register says of an organisation; only what differs is written and noted.

    `revision` is what `revision_of` said when the form was shown: a change by another person since then is
    refused with what stands now. With `renamed_on` the name before stays on record as borne until the day before;
    without it a new name corrects a slip. Refuses as `register_organisation` does, and a first day of the new name
    that is to come, before the name before began, or without a new name.
    """
    must_keep_register(by)
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if revision is not None and revision != revision_of(organisation):
        raise Stale(
            _("Somebody else changed this record while you were editing it; nothing of yours was saved."),
            remedy=_("Both versions are shown below. Choose what to keep, then save again."),
            theirs=organisation,
        )
    if "uscc" in fields:
        fields["uscc"] = checked_uscc(fields["uscc"])
    before = {name: getattr(organisation, name) for name in EDITABLE}
    changed = {name: value for name, value in fields.items() if name in EDITABLE and value != before[name]}
    parent = changed.get("parent", organisation.parent)
    _refuse_own_unit(organisation, parent)
    _refuse_double(
        name_zh=changed.get("name_zh", "") if parent is None else "",
        uscc=changed.get("uscc"),
        except_for=organisation,
    )
    if renamed_on:
        _keep_former_name(organisation, changed.get("name_zh"), renamed_on, by)
    for name, value in changed.items():
        setattr(organisation, name, value)
    names_changed = _set_aliases(organisation, aliases, by)
    organisation.pinyin = search_key_of(organisation)
    _save(organisation)
    index_organisation(organisation)
    if changed or names_changed:
        details = {name: [_word(before[name]), _word(value)] for name, value in changed.items()}
        renamed = {"renamed_on": renamed_on.isoformat()} if renamed_on else {}
        record(
            "organisation edited",
            organisation,
            by=by,
            changed=details,
            aliases=list(aliases or ()),
            **renamed,
        )
    return organisation


@action
def record_former_name(*, organisation, by, name, until, since=None):
    """Note a name that an organisation bore until a day (included). Refuses a day to come, and one it has already."""
    must_keep_register(by)
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if until >= clock.today():
        raise Invalid(
            _("%(day)s is not past; a former name has its last day behind it.") % {"day": day_text(until)},
            remedy=_(
                "Enter the last day on which it bore the name. A name it bears now is one of its other names."
            ),
            field="until",
        )
    if since and since > until:
        raise Invalid(
            _("The name would end on %(until)s, before it begins.") % {"until": day_text(until)},
            remedy=_("Enter a last day after the first."),
            field="until",
        )
    clash = _names_between(organisation, since, until)
    if clash:
        raise Invalid(
            _("“%(name)s” was its name until %(until)s, which overlaps.")
            % {"name": clash.name, "until": day_text(clash.until)},
            remedy=_("Enter days before or after that."),
            field="until",
        )
    row = _former(organisation, name, since, until, by)
    organisation.pinyin = search_key_of(organisation)
    organisation.save(update_fields=["pinyin"])
    index_organisation(organisation)
    record(
        "former name recorded",
        organisation,
        by=by,
        name=name,
        since=since.isoformat() if since else "",
        until=until.isoformat(),
    )
    return row


@action
def record_role(*, by, organisation, body, role, source=None, statement="", since=None, until=None):
    """Note one part that an organisation plays in a body. A part already noted is returned as it is."""
    if by is not None:
        must_keep_register(by)
    source = source or {}
    row, made = OrganisationRole.objects.get_or_create(
        organisation=organisation,
        body=body,
        role=role,
        until=until,
        defaults={
            "since": since,
            "statement": statement,
            "recorded_by": by,
            "source_document": source.get("document", ""),
            "source_line": source.get("line"),
            "source_quote": source.get("quote", ""),
            "source_note": source.get("note", ""),
        },
    )
    if made:
        record(
            "role recorded", organisation, by=by, role=str(role), body=body.name_zh, line=source.get("line")
        )
    return row


def revision_of(organisation):
    """What tells one state of the record from another, short enough for a hidden field."""
    import hashlib

    words = [str(getattr(organisation, f"{name}_id" if name == "parent" else name)) for name in EDITABLE]
    words += sorted(_other_names(organisation))
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:16]


def search_key_of(organisation):
    """Pinyin of all names of an organisation, former ones too."""
    names = organisation.aliases.values_list("name", flat=True)
    return search_key(organisation.name_zh, organisation.short_zh, *names)


def must_keep_register(by):
    """Refuse a person who does not keep the register."""
    if by is not None and not can_register(by):
        raise Forbidden(
            _("Your role does not keep the register of organisations."),
            remedy=_("Ask the secretariat to register or change it."),
        )


def _refuse_double(*, name_zh, uscc, except_for=None):
    found = possible_doubles(name_zh=name_zh, uscc=uscc, except_for=except_for).first()
    if found is None:
        return
    by_code = bool(uscc) and found.uscc == uscc
    sentence = (
        _("“%(name)s” already has this credit code.")
        if by_code
        else _("The register already has “%(name)s”.")
    ) % {"name": found.name_zh}
    raise Invalid(
        sentence,
        remedy=_("Open that record instead of making a second one."),
        field="uscc" if by_code else "name_zh",
        url=found.get_absolute_url(),
        url_label=_("Open “%(name)s”") % {"name": found.name_zh},
        code="double",
    )


def _refuse_own_unit(organisation, parent):
    step = parent
    while step is not None:
        if step.pk == organisation.pk:
            raise Invalid(
                _("An organisation cannot belong to itself or to one of its own units."),
                remedy=_("Choose another parent, or none."),
                field="parent",
            )
        step = step.parent


def _other_names(organisation):
    return organisation.aliases.filter(kind=NameKind.OTHER).values_list("name", flat=True)


def _set_aliases(organisation, aliases, by):
    if aliases is None or sorted(aliases) == sorted(_other_names(organisation)):
        return False
    organisation.aliases.filter(kind=NameKind.OTHER).exclude(name__in=aliases).delete()
    _add_other_names(organisation, aliases, by)
    return True


def _add_other_names(organisation, names, by):
    now = clock.now()
    OrganisationAlias.objects.bulk_create(
        (
            OrganisationAlias(organisation=organisation, name=name, recorded_by=by, recorded_at=now)
            for name in names
        ),
        ignore_conflicts=True,
    )


def _keep_former_name(organisation, new_name, renamed_on, by):
    if not new_name:
        raise Invalid(
            _("The name is the same as before, so there is no day on which it changed."),
            remedy=_("Enter the new name, or leave the day empty."),
            field="renamed_on",
        )
    if renamed_on > clock.today():
        raise Invalid(
            _("%(day)s is still to come; until then the organisation bears its present name.")
            % {"day": day_text(renamed_on)},
            remedy=_("Record the new name on that day or later."),
            field="renamed_on",
        )
    until = renamed_on - timedelta(days=1)
    earlier = organisation.aliases.filter(kind=NameKind.FORMER).order_by("-until").first()
    if earlier and earlier.until >= until:
        raise Invalid(
            _("It bore “%(name)s” until %(until)s; the present name began after that.")
            % {"name": earlier.name, "until": day_text(earlier.until)},
            remedy=_("Enter a later day."),
            field="renamed_on",
        )
    _former(organisation, organisation.name_zh, earlier and earlier.until + timedelta(days=1), until, by)


def _names_between(organisation, since, until):
    """A former name that was borne on one of these days; one without a first day counts by its last."""
    rows = organisation.aliases.filter(kind=NameKind.FORMER, until__gte=since or until)
    return rows.filter(Q(since__lte=until) | Q(since=None, until__lte=until)).order_by("until").first()


def _former(organisation, name, since, until, by):
    return OrganisationAlias.objects.create(
        organisation=organisation,
        name=name,
        kind=NameKind.FORMER,
        since=since,
        until=until,
        recorded_by=by,
        recorded_at=clock.now(),
    )


def _save(organisation):
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError:
        # Somebody registered the same between our look and our write; the constraint decides.
        _refuse_double(name_zh=organisation.name_zh, uscc=organisation.uscc, except_for=organisation)
        raise


def _word(value):
    return str(value) if value is not None else ""
