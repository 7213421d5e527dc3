"""Each role's own start: what waits for me, by date."""

from django.shortcuts import render

from consortium import clock
from consortium.access import signed_in
from consortium.registry import registry


@signed_in
def dashboard(request):
    """Duties of all apps, the most urgent first, then the sections that the apps announce for this person."""
    now = clock.now()
    duties = [duty for source in registry.duties for duty in source(request.user, now)]
    duties.sort(key=lambda duty: (duty.due is None, duty.due or now))
    sections = [section for source in registry.dashboard if (section := source(request, now))]
    return render(request, "consortium/dashboard.html", {"duties": duties, "sections": sections})
