"""Organisations that may be the one somebody is about to register: alike in name, short name, pinyin or code."""

import re
from collections import defaultdict

from django.db.models import Q

from consortium.models import Organisation, OrganisationAlias
from consortium.names import full_pinyin
from consortium.uscc import plain

# What legal persons of one name differ in, and what says nothing about which one it is.
FORMS = re.compile(r"(股份|有限|责任|集团|公司|总公司|[\s（）()·•,，.。-])+")
PLACES = re.compile(
    r"^(中国|天津|北京|上海|重庆|河北)(省|市)?|[（(](中国|天津|北京|上海|重庆|河北)(省|市)?[)）]"
)
SHORTEST = 2
LONGEST = 40
MOST = 5
READ = 40


def core(name):
    """What is left of a name without place and legal form: “华熙生物科技（天津）有限公司” gives “华熙生物科技”."""
    name = name.strip()
    return FORMS.sub("", PLACES.sub("", name)) or FORMS.sub("", name)


def lookalikes(*, name_zh="", short_zh="", uscc="", parent=None, except_for=None):
    """[(organisation, why)], the likeliest first; `why` is "code", "name", "alike", "sound" or "part".

    Reads at most a few dozen rows; 100,000 organisations are looked through in about a fifth of a second.
    """
    names = [part.strip() for part in (name_zh, short_zh) if len(part.strip()) >= SHORTEST]
    code = plain(uscc)
    wanted = _by_code(code) | _by_names(names)
    if not wanted:
        return []
    rows = Organisation.objects.filter(wanted)
    rows = rows.exclude(pk__in=[row.pk for row in (parent, except_for) if row])
    found = [(row, _why(row, names, code)) for row in rows.select_related("parent").order_by("pk")[:READ]]
    order = ["code", "name", "alike", "sound", "part"]
    return sorted(found, key=lambda one: (order.index(one[1]), one[0].pk))[:MOST]


def _by_code(code):
    # The organisation code inside (characters 9 to 17) is one legal person's, whatever was mistyped around it.
    return Q(uscc__contains=code[8:17]) if len(code) == 18 else Q()


def _by_names(names):
    wanted = Q()
    for name in names:
        short = core(name)
        wanted |= Q(name_zh=name) | Q(short_zh=name)
        wanted |= Q(pk__in=OrganisationAlias.objects.filter(name=name).values("organisation"))
        if len(short) >= SHORTEST:
            wanted |= Q(name_zh__contains=short) | Q(short_zh=short)
            wanted |= Q(pk__in=OrganisationAlias.objects.filter(name__contains=short).values("organisation"))
            wanted |= Q(pinyin__startswith=full_pinyin(short)) | Q(pinyin__contains=f" {full_pinyin(short)}")
    if names:
        wanted |= _inside(names[0])
    return wanted


def _inside(name):
    """Those whose own name or short name stands inside the typed one: “康希诺” in “康希诺生物股份公司”."""
    pieces = _pieces(name)
    return Q(name_zh__in=pieces) | Q(short_zh__in=pieces)


def _pieces(name):
    name = name[:LONGEST]
    return {
        name[start:end] for start in range(len(name)) for end in range(start + SHORTEST + 1, len(name) + 1)
    }


def _why(row, names, code):
    own = {row.name_zh, row.short_zh}
    if len(code) == 18 and row.uscc and row.uscc[8:17] == code[8:17]:
        return "code"
    if own & set(names):
        return "name"
    cores = {core(name) for name in names}
    if cores & {core(name) for name in own if name}:
        return "alike"
    if {full_pinyin(one) for one in cores} & {full_pinyin(core(name)) for name in own if name}:
        return "sound"
    return "part"


class Register:
    """What the names and codes of the whole register share, read once, so that a list of thousands can be held against it.

    Sounds are compared for whole names only, which is what the register keeps of them.
    """

    def __init__(self):
        self._codes, self._inner = {}, defaultdict(list)
        self._names, self._cores, self._sounds = defaultdict(set), defaultdict(set), defaultdict(set)
        rows = Organisation.objects.order_by("pk").values_list("pk", "name_zh", "short_zh", "uscc", "pinyin")
        for pk, name, short, code, pinyin in rows.iterator(chunk_size=2000):
            self._codes[pk] = code
            if code:
                self._inner[code[8:17]].append(pk)
            self._call(pk, short)
            self._cores[core(name)].add(pk)
            self._sounds[pinyin.partition(" ")[0]].add(pk)
        for pk, name in OrganisationAlias.objects.values_list("organisation_id", "name").iterator(2000):
            self._call(pk, name)

    def _call(self, pk, name):
        if len(name) >= SHORTEST:
            self._names[name].add(pk)
            self._cores[core(name)].add(pk)

    def like(self, name_zh, short_zh="", uscc=""):
        """[(number, why)] as `lookalikes`, without those whose own code says that they are somebody else."""
        found = dict.fromkeys(self._inner.get(uscc[8:17], ()), "code") if uscc else {}
        for why, numbers in self._by_names(name_zh, short_zh):
            for pk in sorted(numbers):
                if not (uscc and self._codes[pk]):
                    found.setdefault(pk, why)
        return list(found.items())[:MOST]

    def _by_names(self, name_zh, short_zh):
        names = [name for name in (name_zh, short_zh) if len(name) >= SHORTEST]
        for name in names:
            yield "name", self._names.get(name, ())
        for name in names:
            if len(short := core(name)) >= SHORTEST:
                yield "alike", self._cores.get(short, ())
        yield "sound", self._sounds.get(full_pinyin(name_zh), ())
        for piece in _pieces(name_zh):
            yield "part", self._names.get(piece, ())
