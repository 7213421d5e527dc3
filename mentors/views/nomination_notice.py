"""The last steps: the public notice and its objections, and the next term of somebody in office."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock, policy
from consortium.access import permitted, signed_in
from consortium.forms.membership_application import NoticeForm
from consortium.refusals import Refused
from consortium.roles import Permission
from consortium.templatetags.portal import day_text
from consortium.working_calendar import after_working_days
from mentors.actions import appointing as actions
from mentors.actions.appointment import term_end
from mentors.enums import NominationKind
from mentors.forms.nomination import AnswerForm, ConfirmForm, NoteForm
from mentors.queries import nomination as queries
from mentors.rules import nomination as rules
from mentors.views.nomination_office import step


@permitted(Permission.APPROVE_MENTOR)
def nomination_notice(request, pk):
    """Begin the public notice, its words ready to be mended."""
    row = get_object_or_404(queries.nominations_visible_to(request.user), pk=pk)
    ends = after_working_days(clock.now(), policy.value("mentor_notice_days"))
    return step(
        request,
        row,
        NoticeForm(request.POST if request.method == "POST" else None, initial=_words_of(row)),
        lambda values: actions.start_notice(nomination=row, by=request.user, **values),
        title=_("Begin the public notice"),
        effects=[
            _("Everybody reads the notice until %(day)s and can object.") % {"day": day_text(ends)},
            _(
                "The page shows name, employer, title and kind beside your words while it runs, and no name afterwards."
            ),
            _(
                "When it is over and every objection is answered, the appointment begins by itself, with its letter."
            ),
        ],
        submit=_("Begin the notice"),
        said=_("The notice has begun."),
        expected=actions.ABLE,
    )


def _words_of(row):
    values = {
        "unit": row.organisation.name_zh,
        "kind": row.get_kind_display(),
        "years": policy.value("mentor_years"),
    }
    return {
        "title": _("Notice: appointment from %(unit)s as %(kind)s") % values,
        "text": _(
            "The person named below was nominated by %(unit)s, agreed, and was held against the scheme for %(kind)s; the appointment is for %(years)s years. Whoever objects can do so on this page while the notice runs; every objection is answered in words before the appointment begins."
        )
        % values,
    }


@permitted(Permission.APPROVE_MENTOR)
def nomination_renewed(request, pk):
    """Let the next term follow the present one."""
    row = get_object_or_404(queries.nominations_visible_to(request.user), pk=pk)
    if row.process != NominationKind.RENEWAL:
        raise Http404
    return step(
        request,
        row,
        ConfirmForm(request.POST if request.method == "POST" else None),
        lambda values: actions.renew(nomination=row, by=request.user),
        title=_("Renew the appointment"),
        effects=[
            _("The next term runs from %(since)s to %(until)s, without a gap; students stay where they are.")
            % {"since": day_text(row.since), "until": day_text(term_end(row.since))},
            _("A renewal goes without a notice: you look at it as the second person after the check."),
            _("The letter of the new term is issued; the person and the employer are told."),
        ],
        submit=_("Renew the appointment"),
        said=_("Renewed. The letter of the new term is ready."),
        expected=actions.ABLE,
        other=(reverse("nomination_sent_back", args=[row.pk]), _("Send it back to the check instead")),
    )


@permitted(Permission.APPROVE_MENTOR)
def nomination_sent_back(request, pk):
    """The second person does not renew: to the check again, with a sentence."""
    row = get_object_or_404(queries.nominations_visible_to(request.user), pk=pk)
    if row.process != NominationKind.RENEWAL:
        raise Http404
    form = NoteForm(request.POST if request.method == "POST" else None)
    form.fields["note"].label = _("Why it is sent back")
    form.fields["note"].help_text = _("Whoever checks it reads it.")
    return step(
        request,
        row,
        form,
        lambda values: actions.send_back(nomination=row, by=request.user, **values),
        title=_("Send the renewal back to the check"),
        effects=[_("What was checked is taken off; whoever checked it is told and checks it anew.")],
        submit=_("Send it back"),
        said=_("Sent back; it is at the check again."),
        expected=actions.ABLE,
        danger=True,
    )


@signed_in
def nomination_objection(request, pk):
    """One objection, with the form of its answer for those who may give it."""
    row = get_object_or_404(queries.objections_visible_to(request.user), pk=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    may_answer = rules.may_answer(request.user, row.nomination)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_objection(
                objection=row,
                by=request.user,
                upheld=form.cleaned_data["upheld"] == "yes",
                answer=form.cleaned_data["answer"],
            )
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, _("The answer is recorded and stands on the notice's page."))
            return redirect(row)
    return render(
        request,
        "mentors/nomination_objection.html",
        {
            "objection": row,
            "nomination": row.nomination,
            "form": form,
            "may_answer": may_answer and row.answered_at is None,
        },
        status=422 if form.errors and status == 200 else status,
    )
