"""A joint meeting: one text for several students, a line for each, signed by the other mentors too."""

from datetime import timedelta

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from consortium import clock, form_keys
from consortium.access import permitted
from consortium.refusals import Refused, Stale
from consortium.roles import Permission
from consortium.templatetags.portal import moment_text
from mentors.actions import log as actions
from mentors.forms.log import JointForm
from mentors.queries import log as queries
from mentors.queries.mentorship import guides_or_did
from mentors.rules import log as rules


@permitted(Permission.WRITE_LOG)
def joint_new(request):
    """Record one meeting with several students; opening the page records nothing."""
    today, user = clock.today(), request.user
    draft = queries.draft_of(user, None)
    first = {"when": "today"} | (draft.values if draft else {})
    form = JointForm(request.POST or None, initial=first, today=today)
    mine = list(guides_or_did(user, today - timedelta(days=rules.late_days())))
    sent = request.POST if request.method == "POST" else request.GET
    chosen = set(sent.getlist("students"))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return form_keys.create_once(
                    request, "sign joint meeting", lambda: _signed(request, form, mine)
                )
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
        _keep(request)
    return render(
        request,
        "mentors/joint_form.html",
        {
            "form": form,
            "rows": [_row(one, user, str(one.pk) in chosen, sent) for one in mine],
            "draft": draft,
            "key": f"joint-{user.pk}",
        },
        status=status,
    )


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


def _keep(request, revision=None):
    return actions.save_draft(mentorship=None, by=request.user, values=request.POST.dict(), revision=revision)


@require_POST
@permitted(Permission.WRITE_LOG)
def joint_draft(request):
    """Keep what is being typed."""
    revision = request.POST.get("revision", "")
    try:
        draft = _keep(request, int(revision) if revision.isdecimal() else None)
    except Stale as stale:
        return JsonResponse({"said": str(stale)}, status=409)
    said = _("Saved %(moment)s") % {"moment": moment_text(draft.saved_at)}
    return JsonResponse({"revision": draft.revision, "said": said})
