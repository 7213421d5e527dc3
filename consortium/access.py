"""What every view is wrapped in: who must be signed in, which permission a whole page asks for."""

import functools

from django.contrib.auth.views import redirect_to_login
from django.utils.translation import gettext as _

from consortium.reach import may
from consortium.refusals import Forbidden


def signed_in(view):
    """Ask for a sign-in; a form sent without one is kept (KeepFormMiddleware)."""

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    wrapped.open_to_all = False
    return wrapped


def permitted(permission):
    """Ask for a sign-in and for the permission, for anything at all; the view narrows it to its object."""

    def decorate(view):
        @signed_in
        @functools.wraps(view)
        def wrapped(request, *args, **kwargs):
            if not may(request.user, permission):
                raise Forbidden(
                    _("Your role does not include this."),
                    remedy=_("If you need it, ask the secretariat to change your role."),
                )
            return view(request, *args, **kwargs)

        wrapped.permission = permission
        return wrapped

    return decorate
