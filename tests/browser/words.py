"""The words on the pages, from the portal's own translations: a control's name follows its text when that is mended."""

import re

from django.utils.translation import gettext, ngettext, override, pgettext

ZH = "zh-hans"
HOLE = re.compile(r"%\(\w+\)[ds]|\{\w+\}")


def zh(msgid, context=None, **params):
    """The Chinese text of a message; holes that no parameter fills stay holes."""
    with override(ZH):
        text = pgettext(context, msgid) if context else gettext(msgid)
    return text % params if params else text.replace("%%", "%")


def zh_many(one, many, number, **params):
    """The Chinese text of a counted message."""
    with override(ZH):
        return ngettext(one, many, number) % {"n": number, **params}


def like(msgid, context=None):
    """A pattern for the whole Chinese text of a message, anything in its holes."""
    parts = HOLE.split(zh(msgid, context))
    return re.compile("^" + "(.+)".join(re.escape(part) for part in parts) + "$", re.DOTALL)


def says(msgid, context=None):
    """A pattern for the Chinese text of a message somewhere in a longer one, anything in its holes."""
    parts = HOLE.split(zh(msgid, context))
    return re.compile("(.+?)".join(re.escape(part) for part in parts))
