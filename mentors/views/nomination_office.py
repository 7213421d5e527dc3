"""The office's side: the check against the scheme, the exception and its second signature."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.access import permitted
from consortium.refusals import Forbidden, Refused
from consortium.roles import Permission
from mentors.actions import nomination as actions
from mentors.enums import NominationState as S
from mentors.forms.nomination import NoteForm, ReasonForm
from mentors.queries import nomination as queries
from mentors.rules import nomination as rules
from mentors.rules.qualification import beyond_exception, failed_of, said_of


@permitted(Permission.APPROVE_MENTOR)
def nomination_check(request, pk):
    """Each rule with its value and its limit; what follows depends on them."""
    row = _visible(request, pk)
    if not rules.may_check(request.user, row):
        raise Forbidden(
            _("Whoever nominated or consented for the employer does not check, nor does the person."),
            remedy=_("A colleague of the office can do it."),
            url=row.get_absolute_url(),
            url_label=_("Open the nomination"),
        )
    if request.method == "POST":
        actions.pass_check(nomination=row, by=request.user)
        messages.success(request, _("Checked: every rule of the scheme is met."))
        return redirect(row)
    if row.state != S.CONSENTED:
        return redirect(row)
    lines = actions.lines_of(row)
    failed, hard = failed_of(lines), beyond_exception(lines)
    return render(
        request,
        "mentors/nomination_check.html",
        {
            "nomination": row,
            "lines": said_of(row, lines),
            "failed": said_of(row, failed),
            "hard": said_of(row, hard),
            "may_except": bool(failed) and not hard,
        },
    )


@permitted(Permission.APPROVE_MENTOR)
def nomination_exception(request, pk):
    """Ask for an exception, with the rules it is from."""
    row = _visible(request, pk)
    lines = actions.lines_of(row) if row.state == S.CONSENTED else []
    effects = [line["sentence"] for line in said_of(row, failed_of(lines))]
    return step(
        request,
        row,
        ReasonForm(request.POST if request.method == "POST" else None),
        lambda values: actions.request_exception(nomination=row, by=request.user, **values),
        title=_("Ask for an exception"),
        effects=[*effects, _("A second person of the office signs it before anything follows.")],
        submit=_("Ask for the exception"),
        said=_("Asked. A second person signs it."),
        expected=(S.CONSENTED,),
    )


@permitted(Permission.APPROVE_MENTOR)
def nomination_return(request, pk):
    """Send it back with what has to be mended."""
    row = _visible(request, pk)
    return step(
        request,
        row,
        NoteForm(request.POST if request.method == "POST" else None),
        lambda values: actions.return_nomination(nomination=row, by=request.user, **values),
        title=_("Return to be mended"),
        effects=[
            _("The employer mends it and sends it on; then the person is asked again."),
        ],
        submit=_("Return it to the employer"),
        said=_("Returned; the employer was told what to mend."),
        expected=(S.CONSENTED,),
    )


@permitted(Permission.APPROVE_MENTOR)
def nomination_refuse(request, pk):
    """Do not appoint."""
    row = _visible(request, pk)
    return step(
        request,
        row,
        ReasonForm(request.POST if request.method == "POST" else None),
        lambda values: actions.refuse_nomination(nomination=row, by=request.user, **values),
        title=_("Do not appoint"),
        effects=[
            _("The employer and the person read the reason."),
            _("It cannot be undone; the employer may nominate again."),
        ],
        submit=_("Do not appoint"),
        said=_("Recorded: not appointed. The employer and the person were told."),
        expected=(S.CONSENTED,),
        danger=True,
    )


@permitted(Permission.APPROVE_MENTOR)
def nomination_sign(request, pk):
    """The second person's page: the rules that are not met, the reason, and one press."""
    row = _visible(request, pk)
    if request.method == "POST" and request.POST.get("do") != "refuse":
        actions.sign_exception(nomination=row, by=request.user)
        messages.success(request, _("You signed the exception."))
        return redirect(row)
    form = NoteForm(request.POST if request.method == "POST" else None)
    form.fields["note"].label = _("Why not")
    form.fields["note"].help_text = _("Whoever checks it reads it.")
    status = 200
    if request.method == "POST":
        try:
            note = form.cleaned_data["note"] if form.is_valid() else ""
            actions.refuse_exception(nomination=row, by=request.user, note=note)
        except Refused as refusal:
            if not form.errors:
                form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, _("Not signed; the nomination is at the check again."))
            return redirect(row)
    elif row.state != S.EXCEPTION_REQUESTED:
        return redirect(row)
    return render(
        request,
        "mentors/nomination_sign.html",
        {
            "nomination": row,
            "form": form,
            "failed": said_of(row, failed_of(row.checks)),
            "may_sign": rules.may_sign(request.user, row),
            "waits_for": rules.signers(row),
        },
        status=status,
    )


def _visible(request, pk):
    return get_object_or_404(queries.nominations_visible_to(request.user), pk=pk)


def step(request, row, form, act, *, title, effects, submit, said, expected, danger=False, other=("", "")):
    """A page that says what follows, with its form; a refusal comes back at its field with all that was typed."""
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            act(dict(form.cleaned_data))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, said)
            return redirect(row)
    elif request.method != "POST" and row.state not in expected:
        return redirect(row)
    return render(
        request,
        "mentors/nomination_step.html",
        {
            "nomination": row,
            "form": form,
            "title": title,
            "effects": effects,
            "submit": submit,
            "danger": danger,
            "other_url": other[0],
            "other_label": other[1],
            "back_url": row.get_absolute_url(),
            "home_url": reverse("nominations"),
        },
        status=422 if form.errors and status == 200 else status,
    )
