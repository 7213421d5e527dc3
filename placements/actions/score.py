"""Owners judge their applicants after closing: a score, an order, or not acceptable with a reason;
blank is allowed.
"""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.audit import action, record
from consortium.clock import now
from consortium.refusals import Forbidden, Invalid, Refused
from placements.models import MatchingRound, ProjectScore, RoundProject
from placements.queries import score as queries
from placements.rules import project as project_rules
from placements.rules import score as rules


@action
def save_score(*, round_project, round_student, by, score=None, unacceptable=False, reason=""):
    """Give one applicant a score of 1 to 100, or do not accept the applicant, with a reason."""
    _ask(round_project, by)
    _ask_applicant(round_project, round_student)
    if unacceptable:
        score = None
        if not reason.strip():
            raise Invalid(
                _("Say why the applicant is not acceptable; the applicant may ask."), field="reason"
            )
    elif score is None or not 1 <= score <= 100:
        raise Invalid(_("A score is a whole number from 1 to 100; 100 is best."), field="score")
    row, _made = ProjectScore.objects.update_or_create(
        round_project=round_project,
        round_student=round_student,
        defaults={
            "score": score,
            "unacceptable": unacceptable,
            "reason": reason.strip()[:200] if unacceptable else "",
            "by": by,
            "saved_at": now(),
        },
    )
    record(
        "applicant judged",
        round_project,
        by=by,
        applicant=round_student.code,
        score=score,
        refused=unacceptable,
    )
    return row


@action
def clear_score(*, round_project, round_student, by):
    """Take a judgement back: the applicant is in the default tier again."""
    _ask(round_project, by)
    gone, _kinds = ProjectScore.objects.filter(
        round_project=round_project, round_student=round_student
    ).delete()
    if gone:
        record("judgement taken back", round_project, by=by, applicant=round_student.code)


@action
def rank_applicants(*, round_project, by, order):
    """Judge by an order (ids of students in the round, best first): scores from 100 downwards, no ties.

    Who is not in the order loses a score; who is not acceptable stays so.
    """
    _ask(round_project, by)
    order = list(order)
    known = {row.pk: row for row in queries.applicants(round_project)}
    if len(set(order)) != len(order) or not set(order) <= set(known):
        raise Invalid(_("The order names somebody twice or somebody who did not apply. Load the page again."))
    if any(known[pk].refused for pk in order):
        raise Invalid(_("Somebody in the order is not accepted. Accept the applicant first."))
    if len(order) > 100:
        raise Invalid(
            _("An order can hold at most 100 applicants. Score the others by number or leave them blank.")
        )
    scores = ProjectScore.objects.filter(round_project=round_project, unacceptable=False)
    scores.exclude(round_student__in=order).delete()
    moment = now()
    for pk, points in zip(order, rules.spread(len(order)), strict=True):
        if known[pk].points != points:
            ProjectScore.objects.update_or_create(
                round_project=round_project,
                round_student=known[pk].round_student,
                defaults={
                    "score": points,
                    "unacceptable": False,
                    "reason": "",
                    "by": by,
                    "saved_at": moment,
                },
            )
    record(
        "applicants ranked",
        round_project,
        by=by,
        order=[known[pk].round_student.code for pk in order],
    )


@action
def finish_scoring(*, round_project, by):
    """Say that nothing more will come; who was left blank falls to the default tier.

    Changes stay possible till the end.
    """
    _ask(round_project, by)
    done = RoundProject.objects.filter(pk=round_project.pk, scores_done_at=None).update(
        scores_done_at=now(), scores_done_by=by
    )
    round_project.refresh_from_db()
    if done:
        record("scoring finished", round_project, by=by)
    return round_project


def _ask(round_project, by):
    if not project_rules.may_score(by, round_project.project):
        raise Forbidden(_("Applicants of this project are judged by its mentors and its enterprise."))
    # The round's row is locked, so that no score slips in after the scores were read for the run.
    round = MatchingRound.objects.select_for_update().get(pk=round_project.round_id)
    rules.ask_open(round)
    if round_project.withdrawn_at is not None:
        raise Refused(_("This project was withdrawn from the round, so there is nothing to score."))


def _ask_applicant(round_project, round_student):
    if not queries.is_applicant(round_project, round_student):
        raise Refused(
            _("This student did not apply for the project or may not take part."),
            remedy=_("Load the list of applicants again."),
            url=reverse("scores_for", args=[round_project.pk]),
            url_label=_("Open the applicants"),
        )
