"""What somebody who did not run the round does with its result: public notice, then final."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from consortium import policy
from consortium.access import permitted
from consortium.clock import now
from consortium.roles import Permission
from consortium.templatetags.portal import moment_zone_text
from consortium.working_calendar import after_working_days
from placements.actions import notice as notices
from placements.forms.round import NoticeForm
from placements.queries import round as queries
from placements.rules import round as rules
from placements.views import round_page
from placements.views.round.entry import confirm, office, visible_round

publisher = permitted(Permission.PUBLISH_MATCH)


@office
@require_POST
def tell(request, pk):
    """Tell those who may publish that the result waits for them."""
    round = visible_round(request, pk)
    told = notices.tell_publishers(round=round, by=request.user)
    messages.success(
        request, ngettext("%(n)d person was told.", "%(n)d people were told.", told) % {"n": told}
    )
    return redirect(round)


@publisher
@require_http_methods(["GET", "POST"])
def notice(request, pk):
    """Put the provisional result on public notice, after a page that says what that does."""
    round = visible_round(request, pk)
    rules.ask_publisher(round, request.user)
    form = NoticeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            notices.start_notice(round=round, by=request.user, public_note=form.cleaned_data["public_note"])
            messages.success(request, _("The public notice has started. Students were told."))
            return redirect(round)
    run = queries.adopted_run(round)
    ends = after_working_days(now(), policy.value("objection_days"))
    effects = [
        _("Each of %(n)d students sees their own result and gets one message.")
        % {"n": run.verdict["students"] if run else 0},
        _(
            "Everybody sees the figures, the hashes and the lottery seed, which can then be compared with its hash."
        ),
        _("Objections can be made until %(time)s.") % {"time": moment_zone_text(ends)},
    ]
    return confirm(
        request,
        round,
        form=form,
        status=status,
        effects=effects,
        title=_("Start the public notice of %(round)s?") % {"round": round.name},
        irreversible=_("What students have seen cannot be taken back."),
        seats=round_page.seats(round, run, request.user) if run else [],
        submit=_("Start the public notice"),
    )


@publisher
@require_http_methods(["GET", "POST"])
def publish(request, pk):
    """Make the result final, after a page that says what that does."""
    round = visible_round(request, pk)
    rules.ask_publisher(round, request.user)
    if request.method == "POST":
        notices.publish_round(round=round, by=request.user)
        messages.success(
            request, _("The result is final. Students with a place were told until when to answer.")
        )
        return redirect(round)
    obstacle = notices.publishing_obstacle(round)
    if obstacle:
        raise obstacle
    run = queries.adopted_run(round)
    due = after_working_days(now(), policy.value("answer_days"))
    return confirm(
        request,
        round,
        title=_("Make the result of %(round)s final?") % {"round": round.name},
        effects=[
            _("%(n)d students are offered their place and answer by %(time)s.")
            % {"n": run.verdict["placed"] if run else 0, "time": moment_zone_text(due)},
            _(
                "Who does not answer by then loses the place to a second round; two reminders are sent before."
            ),
        ],
        irreversible=_("This cannot be undone."),
        submit=_("Make the result final"),
    )
