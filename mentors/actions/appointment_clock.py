"""What happens to nominations and appointments by the clock."""

from mentors.actions import appointment_term
from mentors.actions.appointing import close_what_nobody_answered, conclude_notices


def advance():
    """Everything that is due; each step may run late and twice."""
    conclude_notices()
    close_what_nobody_answered()
    appointment_term.advance()
