"""Numbers that people quote: one row after the other within a year, without a number twice."""

from consortium import clock
from consortium.models import GovernanceBody


def next_number(model, letters, moment, *, kinds, places=3):
    """The next number of the year of a kind of row, as D-2026-007.

    The rows of the bodies of these kinds are locked first, so that two who ask at once wait for each other.
    """
    list(GovernanceBody.objects.select_for_update().filter(kind__in=kinds).order_by("pk"))
    head = f"{letters}-{moment.astimezone(clock.SHANGHAI).year}-"
    taken = model.objects.filter(number__startswith=head).order_by().values_list("number", flat=True)
    ends = (number.removeprefix(head) for number in taken)
    last = max((int(end) for end in ends if end.isdigit()), default=0)
    return f"{head}{last + 1:0{places}d}"
