"""Everything the page of one round needs, for one reader."""

from consortium.reach import may
from consortium.roles import Permission
from placements.enums import RoundState as S
from placements.queries import round as queries
from placements.rules import round as rules
from placements.views.round_page import configuring, figures, filling, notice, requests, running, scoring
from placements.views.round_page.rail import rail
from placements.views.round_page.reader import Reader
from placements.views.round_page.strip import about
from placements.views.round_page.verdict import verdict

LISTS_LOCKED = (S.RANKING, S.READY, S.FROZEN, S.RUNNING, S.VERIFIED, S.PUBLIC_NOTICE, S.PUBLISHED, S.ARCHIVED)


def context(round, user, moment):
    """Everything the page of one round needs."""
    inside = queries.sees_inside(user)
    run = queries.adopted_run(round)
    found = {
        "round": round,
        "inside": inside,
        "office": may(user, Permission.RUN_ROUND),
        "rail": rail(round, run),
        "figures": queries.head_figures(round),
        "facts": configuring.facts(round),
        "promise": rules.promise("stable"),
        "rule": rules.rule_label("stable"),
        "requests": requests.requests(round) if inside else [],
        "moment": moment,
    }
    if inside:
        found |= _inside(round, user)
    if run and (inside or round.state in queries.WITH_RESULT):
        found |= _result(round, run, user, inside)
    if round.state in queries.WITH_RESULT:
        found["objections"] = notice.objections_line(round, user)
    stops = found["preparing"]["stops"] if "preparing" in found else []
    return found | {"strip": about(Reader(round, user, moment, len(stops)))}


def _inside(round, user):
    """What those who run rounds and auditors see beside it, by the state of the round."""
    found = {}
    if round.state in (S.PLANNED, S.CONFIGURED):
        found["preparing"] = configuring.preparing(round)
    if round.state == S.OPEN:
        found["filling"] = filling.filling(round)
    if round.state in (S.RANKING, S.READY):
        found["scoring"] = scoring.scoring(round)
    if round.state in LISTS_LOCKED:
        found["eligibility"] = scoring.eligibility_lines(round)
    if round.runs.exists():
        found["runs"] = running.runs(round)
    if round.state == S.RUNNING:
        found["job"] = running.job(round, user)
    return found


def _result(round, run, user, inside):
    """Verdict and figures of the run that counts."""
    return {
        "verdict": verdict(round, run, user),
        "figures_of_run": run.verdict,
        "bars": figures.choice_bars(run),
        "fields": figures.field_lines(run),
        "bases": run.verdict.get("bases", [])[:20] if inside else [],
        "causes": figures.cause_lines(run),
        "seats": notice.seats(round, run, user),
        "told": notice.told(run) if inside else [],
        "clearing_url": round.state in (S.PUBLISHED, S.ARCHIVED) and inside,
    }
