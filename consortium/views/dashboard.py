"""Each role's own start: what waits for me, by date."""

from django.shortcuts import render

from consortium import clock
from consortium.access import signed_in
from consortium.acting import acting_as, as_acting, in_role
from consortium.reach import active_grants
from consortium.registry import registry


@signed_in
def dashboard(request):
    """Duties of all apps in the role chosen, the most urgent first, then what the apps show, then the other roles."""
    now, reader = clock.now(), as_acting(request.user)
    duties = _duties(reader, now)
    duties.sort(key=lambda duty: (duty.due is None, duty.due or now))
    context = {
        "duties": duties,
        "sections": [section for source in registry.dashboard if (section := source(reader, now))],
        "elsewhere": _elsewhere(request.user, duties, now),
    }
    return render(request, "consortium/dashboard.html", context)


def _duties(reader, now):
    return [duty for source in registry.duties for duty in source(reader, now)]


def _elsewhere(user, here, now):
    """What waits in each of the person's other roles, so that a choice hides no deadline."""
    seen = {(duty.url, duty.verb) for duty in here}
    found = []
    for grant in active_grants(user):
        if grant.pk == acting_as(user).pk:
            continue
        waiting = [one for one in _duties(in_role(user, grant), now) if (one.url, one.verb) not in seen]
        if waiting:
            due = min((one.due for one in waiting if one.due), default=None)
            found.append({"grant": grant, "number": len(waiting), "due": due})
    return found
