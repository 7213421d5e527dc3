"""Small layers around every request: its id, its language, the form that must not be lost, refusals in words."""

import uuid

from django.conf import settings
from django.db import IntegrityError
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from consortium import kept, second_factor
from consortium.logs import request_id
from consortium.refusals import Refused

LANGUAGES = {code for code, _name in settings.LANGUAGES}


class RequestIdMiddleware:
    """Give each request an id that stands in logs, in audit rows and on the page of an error."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex[:12]
        token = request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = request.id
        return response


def unasked_language(request):
    """The language of a reader whose account is not asked: the cookie's, else the default."""
    language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return language if language in LANGUAGES else settings.LANGUAGE_CODE


class ActingMiddleware:
    """A person knows the session that signs in: it keeps in which of several roles they act (`consortium.acting`)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            request.user.session = request.session
        return self.get_response(request)


class LanguageMiddleware:
    """Chinese unless the reader chose: the account's language, else the cookie. A browser's wish list is no choice."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = request.user.language if request.user.is_authenticated else ""
        if language not in LANGUAGES:
            language = unasked_language(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        response.headers.setdefault("Vary", "Cookie")
        return response


class SecondFactorMiddleware:
    """Whoever must have a second factor sets it up, or shows it, before anything else; then the wanted page opens."""

    # What helps on the way: signing in and out, the factor's own pages, language and theme, signs of life.
    OPEN = ("/accounts/", "/language/", "/theme/", "/healthz", "/readyz", "/metrics")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.path.startswith(self.OPEN) or not second_factor.must_have(request.user):
            return None
        has = second_factor.factors_of(request.user).exists()
        if has and second_factor.shown(request):
            second_factor.drop_once_reached(request)
            return None
        wanted = request.get_full_path()
        if request.method not in ("GET", "HEAD"):
            kept.keep(request)
            wanted = reverse("kept_form")
        request.session[second_factor.WANTED] = wanted
        query = urlencode({"next": wanted})
        return redirect(f"{reverse('mfa_reauthenticate')}?{query}" if has else reverse("mfa_index"))


class KeepFormMiddleware:
    """A form sent after the sign-in expired is kept in the session and shown again after signing in (E1)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method != "POST":
            return None
        if request.user.is_authenticated:
            kept.drop_once_sent(request)
            return None
        if getattr(view, "open_to_all", True):
            return None
        kept.keep(request)
        return redirect(f"{settings.LOGIN_URL_PATH}?next=/kept-form/")


class RefusalMiddleware:
    """An action's refusal that no view handled becomes a page with its sentence and status."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, IntegrityError) and points_nowhere(exception):
            exception = Refused(
                _(
                    "A record you worked with was merged into another or removed at this very moment; nothing was saved."
                ),
                remedy=_("Open it again: the address of a merged record leads to the kept one."),
                code="gone",
            )
        if not isinstance(exception, Refused):
            return None
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse(
                {"title": exception.sentence, "detail": exception.remedy}, status=exception.status
            )
        return render(
            request,
            "errors/refused.html",
            {"refusal": exception, "back": request.headers.get("Referer", "")},
            status=exception.status,
        )


def points_nowhere(error):
    """Whether a row was refused because what it points to is no longer there: deleted between reading and writing."""
    cause = error.__cause__
    return "23503" in (
        getattr(cause, "pgcode", ""),
        getattr(cause, "sqlstate", ""),
    ) or "FOREIGN KEY constraint failed" in str(cause)
