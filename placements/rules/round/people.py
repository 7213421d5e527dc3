"""Who may take a step of a round, and who may not because of an earlier one."""

from django.utils.translation import gettext as _

from consortium.clock import today
from consortium.models import Notification
from consortium.reach import holders, may, names
from consortium.refusals import Forbidden
from consortium.roles import Permission
from consortium.rules.permission import ask_permission
from placements.queries import round as queries


def publishers(round):
    """People who may publish the round's result: with the right, and without a hand in a run."""
    return holders(Permission.PUBLISH_MATCH).exclude(pk__in=queries.runner_ids(round))


def publishers_to_tell(round, by):
    """People other than `by` who may publish the round's result and were not asked to today."""
    key = queries.asked_key(queries.adopted_run(round), today())
    asked = Notification.objects.filter(dedupe_key__startswith=f"{queries.PUBLISHER_ASKED}:{key}:")
    return publishers(round).exclude(pk=by.pk).exclude(pk__in=asked.order_by().values("user"))


def answerers(round):
    """People who may answer its objections: with the right, and without a hand in a run."""
    return holders(Permission.ANSWER_OBJECTION).exclude(pk__in=queries.runner_ids(round))


def ask_not_the_runner(round, by, permission, sentence, others):
    """Refuse whoever started a run of the round."""
    ask_permission(by, permission)
    if by.pk in queries.runner_ids(round):
        raise Forbidden(
            sentence,
            remedy=_("Somebody else with the right to it must act: %(names)s.")
            % {"names": names(others(round)) or _("nobody yet; ask for another account")},
            code="not_the_runner",
        )


def ask_publisher(round, by):
    """Refuse whoever may not publish the round's result: without the right, or with a hand in a run."""
    ask_not_the_runner(
        round,
        by,
        Permission.PUBLISH_MATCH,
        _("Whoever ran the round cannot publish its result."),
        publishers,
    )


def is_barred_as_runner(round, user, permission):
    """Whether the person has the right but ran the round."""
    return may(user, permission) and user.pk in queries.runner_ids(round)
