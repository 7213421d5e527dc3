"""What the link in a mail opens: a page that says what will be recorded. Opening it records nothing."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override

from consortium import clock
from consortium.refusals import Forbidden, Refused
from mentors.queries.meeting import link_with
from mentors.views.log import steps_of, write


def log_link(request, token):
    """Sign one log of one student, from the mail; used or out of date, it says so."""
    link = link_with(token)
    if link is None or not link.user.is_active:
        raise Http404
    if request.user.is_authenticated and request.user.pk != link.user_id:
        raise Forbidden(
            _("This link belongs to another mentor."),
            remedy=_("Sign out and open it again, or record from your own account."),
        )
    language = request.LANGUAGE_CODE if request.user.is_authenticated else link.user.language
    with override(language):
        return _page(request, link)


def _page(request, link):
    if link.expires_at <= clock.now():
        return render(request, "mentors/link_over.html", {"link": link}, status=410)
    if link.used_at is not None:
        if request.method == "POST":
            raise _used()
        context = {"link": link, "row": link.log, "steps": steps_of(link.log)}
        return render(request, "mentors/link_used.html", context)
    return write(request, link.mentorship, link.user, link=link)


def _used():
    return Refused(
        _("This link has signed its log already."),
        remedy=_("Nothing was recorded twice. Open the link again to see what was signed."),
        code="used",
    )
