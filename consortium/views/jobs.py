"""Long work and stored files, each behind the question whether one may see it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium import files, jobs
from consortium.access import signed_in
from consortium.queries.job import visible_file, visible_job
from consortium.rules.job import can_stop


def _visible_job(request, pk):
    row = visible_job(request.user, pk)
    if row is None:
        raise Http404
    return row


@signed_in
def job(request, pk):
    """State, steps, progress, last sign of life; asks again every two seconds while it lives."""
    row = _visible_job(request, pk)
    template = "components/job.html" if request.headers.get("HX-Request") else "consortium/job.html"
    return render(request, template, {"job": row, "may_stop": can_stop(request.user, row)})


@require_POST
@signed_in
def stop(request, pk):
    """Stop the work, for those who may start it; what was there before stays."""
    row = _visible_job(request, pk)
    if not jobs.stop_job(job=row, by=request.user):
        messages.info(request, _("This work has ended already, so there was nothing to stop."))
    return redirect(row.get_absolute_url())


def download(request, pk):
    """One stored file to whoever may read it, under its own name, never shown inside a page."""
    stored = visible_file(request.user, pk)
    if stored is None:
        raise Http404
    response = HttpResponse(files.read(stored), content_type=stored.media_type)
    response["Content-Disposition"] = content_disposition_header(True, stored.name)
    response["X-Content-SHA256"] = stored.sha256
    return response
