"""The round of the large world taken to where its owners have scored."""

import random

from consortium import clock
from consortium.models import User
from placements.actions.freeze import close_round, end_scoring
from placements.enums import ApplicationState
from placements.models import MatchingRound, ProjectScore, RoundStudent
from placements.queries.round import current_preferences

SCORED, REFUSED = 0.8, 0.02  # of all who are listed


def until_scored():
    """Close the lists, let most applicants be scored and some be refused, end the scoring: all by the clock's times."""
    round = MatchingRound.objects.get()
    with clock.standing_at(round.closes_at):
        close_round(round=round)
        _score(round)
    with clock.standing_at(round.scoring_ends_at):
        end_scoring(round=round)


def _score(round):
    draw, saved_at = random.Random("scores"), clock.now()
    students = dict(RoundStudent.objects.order_by("pk").values_list("student_id", "pk"))
    by = User.objects.get(username="graduate")
    lists = current_preferences(round, ApplicationState.LOCKED).order_by("pk")
    rows = []
    for project, student in lists.values_list("round_project", "version__application__student"):
        drawn = draw.random()
        if drawn < SCORED:
            refused = drawn < REFUSED
            said = (
                {"unacceptable": True, "reason": "示例理由"} if refused else {"score": draw.randint(1, 100)}
            )
            rows.append(
                ProjectScore(
                    round_project_id=project,
                    round_student_id=students[student],
                    by=by,
                    saved_at=saved_at,
                    **said,
                )
            )
    ProjectScore.objects.bulk_create(rows, batch_size=1000)
