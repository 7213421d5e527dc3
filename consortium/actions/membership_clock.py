"""What happens to memberships by the clock."""

from consortium import clock
from consortium.actions import membership_term
from consortium.actions.membership_application import expire_application, let_go_of_draft
from consortium.actions.membership_decision import conclude_notices
from consortium.due import each_due
from consortium.queries.membership_application import drafts_without_a_link, returned_and_not_mended


def advance():
    """Everything that is due; each step may run late and twice."""
    conclude_notices()
    membership_term.advance()
    now = clock.now()
    each_due(returned_and_not_mended(now), lambda row: expire_application(application=row))
    each_due(drafts_without_a_link(now), lambda row: let_go_of_draft(application=row))
