"""What the audit trail says of one record, in people's words."""

from consortium.models import AuditEvent
from consortium.verbs import actor_of, said_of


def history_of(target, limit=20):
    """The last acts on a record: [{"at", "who", "what"}], newest first."""
    rows = AuditEvent.objects.filter(object_kind=target._meta.label_lower, object_id=str(target.pk)).order_by(
        "-id"
    )
    return [{"at": row.at, "who": actor_of(row), "what": said_of(row.verb)} for row in rows[:limit]]
