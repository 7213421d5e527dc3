"""Pages for what goes wrong: what happened, what to do, in the reader's language, never a trace."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.shortcuts import render
from django.utils import translation

from consortium.middleware import unasked_language


def bad_request(request, exception=None):
    """400: the request itself cannot be read; 413 when it is only too much of it."""
    if isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        return too_large(request, exception)
    return _page(request, "400")


def forbidden(request, exception=None):
    """403: readable perhaps, but not this person's to do."""
    return _page(request, "403")


def not_found(request, exception=None):
    """404: not there, or not to be seen."""
    return _page(request, "404")


def too_large(request, exception=None):
    """413: more than a form may carry."""
    return _page(request, "413")


def too_many(request, exception=None):
    """429: too many tries in a short time."""
    response = _page(request, "429")
    response["Retry-After"] = "60"
    return response


def server_error(request):
    """500: our fault. Asks the database for nothing, as it may be what failed: the frame is a visitor's."""
    request.user = AnonymousUser()
    with translation.override(getattr(request, "LANGUAGE_CODE", None) or unasked_language(request)):
        return _page(request, "500")


def csrf_failure(request, reason=""):
    """403: the form was open too long or came from another page."""
    return render(request, "errors/csrf.html", {"back": request.headers.get("Referer", "")}, status=403)


def _page(request, status):
    context = {"request_id": getattr(request, "id", "")}
    return render(request, f"errors/{status}.html", context, status=int(status))
