"""Names of organisations as people type them: pinyin, its initials, and the search index that holds all of it."""

from functools import lru_cache
from itertools import islice

from pypinyin import lazy_pinyin

from consortium.word_index import AT_ONCE, WordIndex, runs, tokens

NOT_CHINESE = "\0"
INDEX = WordIndex("consortium_organisationsearch", "organisation_id")


@lru_cache(maxsize=2048)
def _heard(name):
    """(syllables, their first letters) of a name; what is not Chinese stands in both as it is.

    Remembered, since whatever asks for a name's sound soon asks again, and worked out once for both: it is what
    registering thousands of names takes longest for.
    """
    parts = lazy_pinyin(name, errors=lambda other: NOT_CHINESE + other)
    syllables = tuple(part.removeprefix(NOT_CHINESE) for part in parts)
    letters = tuple(
        part.removeprefix(NOT_CHINESE) if part.startswith(NOT_CHINESE) else part[:1] for part in parts
    )
    return syllables, letters


def full_pinyin(name):
    """“天津大学” gives “tianjindaxue”."""
    return "".join(_heard(name)[0]).lower()


def search_key(*names):
    """“天津大学” gives “tianjindaxue tjdx”, for sorting; several names follow each other. At most 400 characters."""
    parts = []
    for name in filter(None, names):
        parts += ["".join(heard) for heard in _heard(name)]
    return " ".join(dict.fromkeys(part.lower() for part in parts))[:400]


def index_organisation(organisation):
    """Put an organisation's names into the search index. Called by every action that changes one of them."""
    index_organisations([organisation])


def index_organisations(organisations):
    """The same for many at once, in chunks; `organisations` may be any iterable of saved ones."""
    organisations = iter(organisations)
    while chunk := list(islice(organisations, AT_ONCE)):
        others = _other_names(chunk)
        INDEX.put((row.pk, _words(row, others.get(row.pk, ()))) for row in chunk)


def drop_organisations(numbers):
    """Take organisations out of the search index: they are about to go."""
    INDEX.drop(numbers)


def _other_names(organisations):
    """{organisation: its other names, former ones too}; of a migration's model as well."""
    names = {}
    aliases = organisations[0]._meta.get_field("aliases").related_model.objects
    rows = aliases.filter(organisation__in=[row.pk for row in organisations]).order_by("pk")
    for key, name in rows.values_list("organisation_id", "name"):
        names.setdefault(key, []).append(name)
    return names


def _words(organisation, others):
    """What an organisation is found by: its names of all times, and the Chinese ones by their sound.

    A word is found from its beginning on, so the sound of a name is there once from each of its characters on:
    “nankai” and “nk” find 天津南开大学.
    """
    chinese = [organisation.name_zh, organisation.short_zh, *others]
    words = tokens("\n".join([*chinese, organisation.name_en]))
    sounds = {}
    for name in chinese:
        for heard in _heard(name):
            for start in range(len(heard)):
                sounds |= dict.fromkeys(runs("".join(heard[start:]))[:1])
    return words + [sound for sound in sounds if sound not in words]
