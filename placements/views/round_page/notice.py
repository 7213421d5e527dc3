"""From verified to final: who publishes, what is objected to, who has to answer."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.reach import may
from consortium.roles import Permission
from placements.actions.notice import publishing_obstacle
from placements.enums import ObjectionState, PlacementState, RoundState
from placements.queries import result as results
from placements.queries import round as queries
from placements.rules import round as rules
from placements.views.round_page.reader import yours


def verified(reader):
    """The strip of a verified result that nobody has published yet."""
    round = reader.round
    found = {
        "stage": _("Verified, to be put on public notice"),
        "whose": _("The publisher"),
        "due": _("As soon as possible"),
    }
    publishes = reader.may(Permission.PUBLISH_MATCH)
    if publishes and not rules.is_barred_as_runner(round, reader.user, Permission.PUBLISH_MATCH):
        return found | yours(_("Start the public notice"), url=reverse("round_notice", args=[round.pk]))
    if publishes or reader.office:
        found |= _others_publish(round)
    if reader.office and rules.publishers_to_tell(round, reader.user).exists():
        found |= {
            "action_label": _("Notify the publishers"),
            "action_post": reverse("round_tell_publishers", args=[round.pk]),
        }
    return found


def _others_publish(round):
    people = rules.publishers(round)
    if not people:
        return {"whose": _("Nobody may publish it yet: the administrator has to give somebody the right")}
    return {"whose": _("The publisher (not you): %(names)s") % {"names": rules.names(people)}}


def told(run):
    """Who was told that the result waits, when and by whom: one line for each time."""
    times = {}
    for row in queries.told_publishers(run):
        times.setdefault((row.created_at, row.params.get("name", "")), []).append(row.user)
    return [{"at": at, "by": name, "names": rules.names(people)} for (at, name), people in times.items()]


def public_notice(reader):
    """The strip while a result can be objected to."""
    round = reader.round
    found = {
        "whose": _("Those concerned: read and object"),
        "due_at": round.notice_ends_at,
        "due_label": _("Notice ends"),
    }
    request = queries.open_request(round, "recompute") if reader.office else None
    if request and request.requested_by_id != reader.user.pk:
        return found | yours(
            _("Agree to the new computation"), post=reverse("round_agree", args=[round.pk, "recompute"])
        )
    barred = reader.user.pk in queries.runner_ids(round)
    waiting = queries.open_objections(round).count()
    if waiting and reader.may(Permission.ANSWER_OBJECTION):
        return found | _objections_wait(round, waiting, barred)
    if reader.may(Permission.PUBLISH_MATCH) and not barred and round.notice_ends_at <= reader.moment:
        return found | yours(_("Make the result final"), url=reverse("round_publish", args=[round.pk]))
    return found | (_own_result(reader) or _owners_way(reader))


def _owners_way(reader):
    """Owners of projects object from here; students do it where their result and its reasons are."""
    round = reader.round
    if round.notice_ends_at <= reader.moment or not results.may_object(reader.user, round):
        return {}
    return {
        "action_label": _("Object to the result"),
        "action_url": reverse("objection_new", args=[round.pk]),
        "action_style": "outline",
    }


def _objections_wait(round, waiting, barred):
    text = ngettext("%(n)d objection to be answered", "%(n)d objections to be answered", waiting)
    found = {"whose": text % {"n": waiting}, "action_url": reverse("round_objections", args=[round.pk])}
    if barred:
        return found | {"action_label": _("See the objections"), "action_style": "outline"}
    return found | {"turn": True, "action_label": _("Answer the objections")}


def _own_result(reader):
    if not reader.may(Permission.SUBMIT_APPLICATION):
        return {}
    return {
        "action_label": _("See my result"),
        "action_url": reverse("round_result", args=[reader.round.pk]),
    }


def published(reader):
    """The strip of a final result, until every place is answered."""
    round = reader.round
    found = {
        "whose": _("Students with a place"),
        "due_at": round.answers_due_at,
        "due_label": _("Answers due"),
    } | _own_result(reader)
    answered = not round.placements.filter(state=PlacementState.OFFERED).exists()
    if reader.office and answered and not reader.may(Permission.SUBMIT_APPLICATION):
        found |= {
            "whose": _("The office"),
            "action_label": _("Archive the round"),
            "action_style": "outline",
            "action_post": reverse("round_archive", args=[round.pk]),
        }
    return found


def seats(round, run, user):
    """The two signatures: who ran, who publishes; their names only for those who see the inside."""
    inside = queries.sees_inside(user)
    ran = {
        "party": _("Ran the round"),
        "name": run.started_by.get_full_name() if inside else _("signed"),
        "state": "signed",
        "at": run.started_at,
    }
    if round.notice_started_by_id and round.state in queries.WITH_RESULT:
        publisher = {
            "party": _("Publishes"),
            "name": round.notice_started_by.get_full_name() if inside else _("signed"),
            "state": "signed",
            "at": round.notice_started_at,
        }
    else:
        publisher = {
            "party": _("Publishes"),
            "name": _("to be signed"),
            "state": "turn",
            "note": _("not %(name)s") % {"name": run.started_by.get_full_name()},
        }
    return [ran, publisher]


def objections_line(round, user):
    """How many objections there are and how far they are answered; rows only for those who may read them."""
    counts = {}
    for state in round.objections.order_by("pk").values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    total = sum(counts.values())
    obstacle = publishing_obstacle(round) if round.state == RoundState.PUBLIC_NOTICE else None
    return {
        "total": total,
        "open": counts.get(ObjectionState.OPEN, 0),
        "upheld": counts.get(ObjectionState.UPHELD, 0),
        "url": reverse("round_objections", args=[round.pk])
        if queries.objections_visible_to(user).filter(round=round).exists()
        or may(user, Permission.ANSWER_OBJECTION)
        or may(user, Permission.READ_AUDIT)
        else "",
        "obstacle": obstacle
        if may(user, Permission.PUBLISH_MATCH) or may(user, Permission.RUN_ROUND)
        else None,
    }
