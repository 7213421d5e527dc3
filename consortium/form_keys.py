"""Two presses make one row: a creating form carries a key, and the second press is sent to the first result."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from consortium import clock
from consortium.models import FormKey


class PressedTwice(Exception):
    """The key was used; `url` is what the first press made."""

    def __init__(self, url):
        super().__init__(url)
        self.url = url


def use(request, purpose):
    """Take the form's key, or raise PressedTwice. Call inside the transaction that creates the row."""
    key = request.POST.get("form_key", "")[:64]
    if not key:
        return None
    try:
        with transaction.atomic():
            return FormKey.objects.create(key=key, user=request.user, purpose=purpose, used_at=clock.now())
    except IntegrityError:
        first = FormKey.objects.get(user=request.user, key=key)
        raise PressedTwice(first.result_url) from None


def remember(key, url):
    """Let a second press of the form that took this key be sent to what the first one made."""
    FormKey.objects.filter(pk=key.pk).update(result_url=url)


def was_used(user, key):
    """Whether a form of this person with this key has made something. True once that transaction has ended."""
    return bool(key) and FormKey.objects.filter(user=user, key=key[:64]).exists()


def first_result(request, purpose):
    """The address of what this very form has made already; empty when it has made nothing."""
    keys = FormKey.objects.filter(
        user=request.user, key=request.POST.get("form_key", "")[:64], purpose=purpose
    )
    return keys.values_list("result_url", flat=True).first() or ""


def create_once(request, purpose, make):
    """Run `make()` (which returns an object with an address) once per form key; answer with a redirect to the row."""
    try:
        with transaction.atomic():
            key = use(request, purpose)
            made = make()
            url = made if isinstance(made, str) else made.get_absolute_url()
            if key:
                remember(key, url)
    except PressedTwice as twice:
        messages.info(
            request, _("This was already submitted; nothing was recorded twice. Below is the first result.")
        )
        return redirect(twice.url or "/")
    return redirect(url)
