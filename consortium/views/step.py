"""A step of a life cycle as a page: what follows, a form, a press; whatever is refused comes back with all that was typed."""

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from consortium.refusals import Refused


def attempted(form, act):
    """Do `act(values)` with the clean values of a form that was sent. Returns (what it answered or None, status).

    None with 200 is a form that was only opened, with 422 one that has to be mended, else with the refusal's status:
    the form then says it at its field.
    """
    if not form.is_bound:
        return None, 200
    if not form.is_valid():
        return None, 422
    try:
        return act(dict(form.cleaned_data)), 200
    except Refused as refusal:
        refusal.field = _field_of(form, refusal)
        form.refuse(refusal)
        return None, refusal.status


def step(request, form, act, *, template, to, **shown):
    """The page of a step. `act(values)` returns the sentence of success, or an answer of its own; then on `to`.

    `shown`: what the template shows; `components/step.html` names it.
    """
    answer, status = attempted(form, act)
    if isinstance(answer, HttpResponseBase):
        return answer
    if answer is not None:
        messages.success(request, answer)
        return redirect(to)
    return render(request, template, {"form": form, **shown}, status=status)


def _field_of(form, refusal):
    """A refused upload is said at the form's one file, whatever its name."""
    if refusal.field != "file":
        return refusal.field
    return next((name for name, field in form.fields.items() if isinstance(field, forms.FileField)), None)
