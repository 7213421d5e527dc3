"""Organisations as lists name them: many names looked up at once."""

from collections import defaultdict

from consortium.models import Organisation, OrganisationAlias
from consortium.uscc import plain


def named(names):
    """{name: [numbers of the organisations that it can mean]}: by full name, else by code, short name or another name.

    The full name of a legal person decides alone; three questions for any number of names.
    """
    names = {name for name in names if name}
    codes = {plain(name): name for name in names if len(plain(name)) == 18}
    exact, other = defaultdict(list), defaultdict(list)
    for pk, name, parent in Organisation.objects.filter(name_zh__in=names).values_list(
        "pk", "name_zh", "parent_id"
    ):
        exact[name].append((parent is not None, pk))
    rest = names - set(exact)
    for pk, short, code in (
        Organisation.objects.filter(short_zh__in=rest) | Organisation.objects.filter(uscc__in=codes)
    ).values_list("pk", "short_zh", "uscc"):
        for name in {short, codes.get(code)} & names:
            other[name].append(pk)
    for pk, name in OrganisationAlias.objects.filter(name__in=rest).values_list("organisation_id", "name"):
        other[name].append(pk)
    found = {name: sorted(set(numbers)) for name, numbers in other.items()}
    for name, rows in exact.items():
        legal = [pk for is_unit, pk in rows if not is_unit]
        found[name] = legal or sorted(pk for _is_unit, pk in rows)
    return found


def place(row, column, units):
    """Put the organisation that a cell names in place of its name, or note what is the matter; `units` as `named` gives."""
    name = row.values.pop(column, None)
    if not name:
        return
    found = units.get(name, ())
    if len(found) == 1:
        row.values[column] = found[0]
    else:
        row.wrong(column, "organisation_several" if found else "organisation")
