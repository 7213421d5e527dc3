"""A joint meeting: one text for several students, a line for each, signed by the other mentors too."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from consortium import clock, form_keys
from consortium.access import signed_in
from consortium.refusals import Forbidden, Refused
from mentors.actions import log as actions
from mentors.forms.log import JointForm
from mentors.queries import log as queries
from mentors.queries.mentorship import guides, guides_or_did
from mentors.rules import log as rules
from mentors.views.log import autosaved, first_values, keep_typed


@signed_in
def joint_new(request):
    """Record one meeting with several students; opening the page records nothing."""
    today, user = clock.today(), request.user
    _must_guide(user)
    draft = queries.draft_of(user, None)
    first = first_values(draft)
    form = JointForm(request.POST or None, initial=first, today=today)
    mine = list(guides_or_did(user, today - timedelta(days=rules.late_days())))
    sent, chosen = _sent(request, first)
    status, same = 200, False
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return form_keys.create_once(
                    request, "sign joint meeting", lambda: _signed(request, form, mine)
                )
            except Refused as refusal:
                form.refuse(refusal)
                status, same = refusal.status, refusal.code == "same"
        keep_typed(request, None, user)
        draft = queries.draft_of(user, None)
    return render(
        request,
        "mentors/joint_form.html",
        {
            "form": form,
            "rows": [_row(one, user, str(one.pk) in chosen, sent) for one in mine],
            "draft": draft,
            "same": same,
            "key": f"joint-{user.pk}",
        },
        status=status,
    )


def _must_guide(user):
    """As for one log: whoever guides or guided; the days that can still be signed are asked for each student."""
    if not guides(user):
        raise Forbidden(
            _("Only mentors record joint meetings."), remedy=_("You can read those you took part in.")
        )


def _sent(request, first):
    """(the fields, the students chosen): as posted; else of the draft, under those ticked on the list."""
    if request.method == "POST":
        return request.POST, set(request.POST.getlist("students"))
    ticked = request.GET.getlist("students") or first.get("students", [])
    return first, set(ticked)


def _row(mentorship, user, chosen, sent):
    side = rules.side_of(user, mentorship)
    return {
        "mentorship": mentorship,
        "other": rules.other_mentor(mentorship, side).user,
        "chosen": chosen,
        "line": sent.get(f"line-{mentorship.pk}", "")[: rules.LONGEST_LINE],
    }


def _signed(request, form, mine):
    """Sign it and lead to the first student's log."""
    chosen = set(request.POST.getlist("students"))
    rows = [row for row in mine if str(row.pk) in chosen]
    values = form.cleaned_data
    logs = actions.sign_joint(
        mentorships=rows,
        by=request.user,
        day=values["day"],
        minutes=values["minutes"],
        text=values["text"],
        again=values["again"],
        lines={row.pk: request.POST.get(f"line-{row.pk}", "") for row in rows},
    )
    messages.success(
        request,
        ngettext(
            "Signed for %(n)d student; the other mentors are asked to sign too.",
            "Signed for %(n)d students; the other mentors are asked to sign too.",
            len(logs),
        )
        % {"n": len(logs)},
    )
    return logs[0]


@require_POST
@signed_in
def joint_draft(request):
    """Keep what is being typed."""
    _must_guide(request.user)
    return autosaved(request, None)
