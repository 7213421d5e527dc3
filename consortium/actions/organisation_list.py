"""Many organisations of one import at once: each by the rules of `consortium.actions.organisation`, asked for a batch."""

from consortium import clock
from consortium.actions.organisation import must_keep_register
from consortium.audit import action, record
from consortium.models import Organisation, OrganisationAlias, OrganisationWords
from consortium.names import drop_organisations, index_organisations, search_key
from consortium.queries.list_import import grown

STREAM = "imports"
LISTED = ("name_zh", "uscc", "kind", "short_zh", "name_en", "district", "profile")


@action
def record_organisations(*, rows, by, run):
    """Register many organisations of one import; their numbers in the order of `rows` (dicts of clean values).

    As `register_organisation` for each, in a number of queries that does not grow with them. A name or code that is taken
    is the database's to refuse: the import has looked before, and looks again.
    """
    must_keep_register(by)
    now = clock.now()
    made = Organisation.objects.bulk_create(
        Organisation(**row, pinyin=search_key(row["name_zh"], row["short_zh"]), created_at=now, created_by=by)
        for row in rows
    )
    index_organisations(made)
    for organisation in made:
        record(
            "organisation registered",
            organisation,
            by=by,
            stream=STREAM,
            kind=organisation.kind,
            line=None,
            list=run.pk,
        )
    return [organisation.pk for organisation in made]


@action
def change_organisations(*, rows, by, run):
    """Change many organisations: {number: {field: value}}; only what differs is there. The trail keeps what stood before."""
    must_keep_register(by)
    changed = list(Organisation.objects.filter(pk__in=rows).order_by("pk"))
    others = _other_names(rows)
    for organisation in changed:
        values = rows[organisation.pk]
        details = {name: [getattr(organisation, name) or "", value or ""] for name, value in values.items()}
        for name, value in values.items():
            setattr(organisation, name, value)
        names = (organisation.name_zh, organisation.short_zh, *others.get(organisation.pk, ()))
        organisation.pinyin = search_key(*names)
        record("organisation edited", organisation, by=by, stream=STREAM, changed=details, list=run.pk)
    Organisation.objects.bulk_update(changed, [*LISTED, "pinyin"], batch_size=100)
    index_organisations(changed)


@action
def take_back_organisations(*, numbers, by, run):
    """Remove organisations that an import made and that nothing has grown from; the numbers of those that have to stay."""
    must_keep_register(by)
    made = list(Organisation.objects.filter(pk__in=numbers).order_by("pk"))
    used = grown(Organisation, [organisation.pk for organisation in made], apart_from=(OrganisationWords,))
    going = [organisation for organisation in made if organisation.pk not in used]
    for organisation in going:
        record("organisation taken back", organisation, by=by, stream=STREAM, list=run.pk)
    drop_organisations([organisation.pk for organisation in going])
    Organisation.objects.filter(pk__in=[organisation.pk for organisation in going]).delete()
    return used


def _other_names(numbers):
    names = {}
    rows = OrganisationAlias.objects.filter(organisation__in=numbers).order_by("pk")
    for pk, name in rows.values_list("organisation_id", "name"):
        names.setdefault(pk, []).append(name)
    return names
