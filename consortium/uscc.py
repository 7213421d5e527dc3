"""The unified social credit code (GB 32100-2015): 18 characters, the last of which follows from the others."""

from django.utils.translation import gettext as _
from stdnum.cn import uscc

from consortium.refusals import Invalid

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# Letters that the standard leaves out since they are taken for these.
TAKEN_FOR = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}
DIGITS_ONLY = 8
ALPHABET_OF_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# The organisation code inside it (characters 9 to 17) has a check character of its own (GB 11714).
WEIGHTS_OF_ORGANISATION_CODE = (3, 7, 9, 10, 5, 8, 4, 2)


def checked_uscc(text):
    """The 18 characters in capitals, or None for nothing; refused with the character that is wrong."""
    code = plain(text)
    if not code:
        return None
    if len(code) != 18:
        raise _wrong(
            _("The unified social credit code has %(given)d characters; it needs 18.") % {"given": len(code)},
            _("Complete it from the business licence.")
            if len(code) < 18
            else _("Take out what does not stand on the business licence."),
        )
    for at, character in enumerate(code, 1):
        _refuse_character(at, character)
    expected = uscc.calc_check_digit(code[:17])
    if code[17] != expected:
        raise _wrong(
            _(
                "Character 18 of the credit code does not check: it is “%(given)s”, but from the 17 before it follows “%(expected)s”."
            )
            % {"given": code[17], "expected": expected},
            _where_to_look(code),
        )
    return code


def plain(text):
    """The code as it is stored: capitals without spaces and strokes, whatever keyboard it was typed on."""
    import unicodedata

    text = unicodedata.normalize("NFKC", text or "")
    return "".join(text.split()).upper().replace("-", "")


def _refuse_character(at, character):
    if character in ALPHABET and (at > DIGITS_ONLY or character.isdigit()):
        return
    if character in TAKEN_FOR:
        raise _wrong(
            _("Character %(at)d is “%(given)s”, which no credit code contains.")
            % {"at": at, "given": character},
            _("It may be “%(other)s”; compare it with the business licence.")
            % {"other": TAKEN_FOR[character]},
        )
    if character in ALPHABET:
        raise _wrong(
            _("Character %(at)d is “%(given)s”; the first 8 characters of a credit code are digits.")
            % {"at": at, "given": character},
            _("Compare it with the business licence once more."),
        )
    raise _wrong(
        _("Character %(at)d is “%(given)s”; a credit code has only digits and capital letters.")
        % {"at": at, "given": character},
        _("Compare it with the business licence once more."),
    )


def _where_to_look(code):
    if not _organisation_code_checks(code[8:17]):
        return _(
            "Compare it with the business licence once more, characters 9 to 17 first: they do not agree among themselves either."
        )
    return _("Compare it with the business licence once more, characters 1 to 8 and the last one first.")


def _organisation_code_checks(part):
    total = sum(
        ALPHABET_OF_ORGANISATION.index(one) * weight
        for one, weight in zip(part, WEIGHTS_OF_ORGANISATION_CODE, strict=False)
    )
    return part[8] == "0123456789X"[(11 - total % 11) % 11]


def _wrong(sentence, remedy):
    return Invalid(sentence, remedy=remedy, field="uscc", code="uscc")
