"""A form that was sent after the sign-in had expired: kept in the session, worded as on its own page, sent again."""

from django import forms
from django.utils.translation import gettext as _

# What a form is never kept with: secrets, and keys that belong to one request.
NEVER_KEPT = ("password", "csrfmiddlewaretoken", "code")
LIMIT = 200_000
SLOT = "kept_form"


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
        request.session[SLOT] = {"path": request.get_full_path(), "fields": fields, "files": names}


def drop_once_sent(request):
    """Forget the kept form when it is sent by somebody who is signed in."""
    kept = request.session.get(SLOT)
    if kept and kept["path"] == request.get_full_path():
        del request.session[SLOT]


def worded(fields):
    """Each kept (name, value) as {"name", "value", "label", "said"}; `said` is what a choice is called on the page.

    The form is the one of the portal's that shares most names with what was sent. What has no label there was not
    typed by a person (a key, a revision) and goes along unseen.
    """
    sent = {name for name, _value in fields}
    known = max(_forms(), key=lambda form: len(sent & set(form.base_fields)), default=forms.Form).base_fields
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
