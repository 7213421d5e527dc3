"""A bare Django view over the same table: what `startproject` sets up, one query, one small template.

Served as `bench._inside.bare:application` with DJANGO_SETTINGS_MODULE=bench._inside.bare_settings.
"""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.http import HttpResponse  # noqa: E402 - models can be imported once Django is set up
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402

from consortium.models import Organisation  # noqa: E402
from placements.models import Project  # noqa: E402


def projects(request):
    """As many projects as the portal's list shows on one page, newest first."""
    rows = Project.objects.select_related("organisation").order_by("-pk")[:20]
    return render(request, "projects.html", {"rows": rows})


def members(request):
    """As many organisations as the portal's directory shows on one page."""
    return render(request, "members.html", {"rows": Organisation.objects.order_by("pk")[:25]})


urlpatterns = [
    path("projects/", projects),
    path("members/", members),
    path("healthz", lambda request: HttpResponse("ok")),
]
