"""A form that was sent after the sign-in had expired: kept in the session, worded as on its own page, sent again."""

import json

from django import forms
from django.utils.translation import gettext as _

from consortium.sealed import Unreadable, opened, seal

# What a form is never kept with: secrets, and keys that belong to one request.
NEVER_KEPT = ("password", "csrfmiddlewaretoken", "code")
LIMIT = 200_000
SLOT = "kept_form_sealed"


def keep(request):
    """Keep the posted words and the names of the files; files themselves must be chosen again."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not any(word in name for word in NEVER_KEPT)
    ]
    if sum(len(value) for _name, value in fields) <= LIMIT:
        names = [upload.name[:200] for name in request.FILES for upload in request.FILES.getlist(name)]
        kept = {"path": request.get_full_path(), "fields": fields, "files": names}
        # A number that its own table keeps encrypted must not lie open among the sessions.
        request.session[SLOT] = seal(json.dumps(kept))


def form_of(request):
    """What was kept: its path, its fields as (name, value), the names of its files; None when nothing was."""
    words = opened(request.session.get(SLOT, ""))
    return None if not words or isinstance(words, Unreadable) else json.loads(words)


def drop_once_sent(request):
    """Forget the kept form when it is sent by somebody who is signed in."""
    kept = form_of(request)
    if kept and kept["path"] == request.get_full_path():
        del request.session[SLOT]


def worded(fields):
    """Each kept (name, value) as {"name", "value", "label", "said"}; `said` is what a choice is called on the page.

    The form is the one of the portal's that shares most names with what was sent; of several the shortest, so that it
    does not hang on which was imported first. What has no label there was not
    typed by a person (a key, a revision) and goes along unseen.
    """
    sent = {name for name, _value in fields}

    def likeness(form):
        return len(sent & set(form.base_fields)), -len(form.base_fields)

    known = max(_forms(), key=likeness, default=forms.Form).base_fields
    return [
        {
            "name": name,
            "value": value,
            "label": str(known[name].label or "") if name in known else "",
            "said": _said(known.get(name), value),
        }
        for name, value in fields
    ]


def _forms(root=forms.BaseForm):
    for form in root.__subclasses__():
        if not form.__module__.startswith(("django.", "allauth.")):
            yield form
        yield from _forms(form)


def _said(field, value):
    if not isinstance(field, forms.ChoiceField):
        return ""
    # What depends on the reader is filled in by the form's own page alone.
    choices = (
        {} if isinstance(field, forms.ModelChoiceField) else {str(key): one for key, one in field.choices}
    )
    return str(choices.get(value) or _("as you chose it"))
