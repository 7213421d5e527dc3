"""Public notices: those that run, those that are over, those to come."""

from consortium.models import PublicNotice


def open_notices(now):
    """Notices whose period holds the moment, the one that ends first on top."""
    return PublicNotice.objects.filter(starts_at__lte=now, ends_at__gt=now).order_by("ends_at", "pk")


def begun_notices(now):
    """Notices that anybody may read: their period has begun."""
    return PublicNotice.objects.filter(starts_at__lte=now)


def ended_notices(now):
    """Notices whose period is over."""
    return PublicNotice.objects.filter(ends_at__lte=now)
