"""What happens to memberships by the clock."""

from consortium import clock
from consortium.actions import membership_term
from consortium.actions.membership_application import let_go_of_draft
from consortium.actions.membership_decision import conclude_notices
from consortium.queries.membership_application import drafts_without_a_link


def advance():
    """Everything that is due; each step may run late and twice."""
    conclude_notices()
    membership_term.advance()
    for draft in drafts_without_a_link(clock.now()):
        let_go_of_draft(application=draft)
