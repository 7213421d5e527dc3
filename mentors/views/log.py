"""Pages of supervision logs: the form on the phone, one log with its answers, the list."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium import clock, form_keys, lists
from consortium.access import signed_in
from consortium.history import history_of
from consortium.refusals import Forbidden, Refused, Stale
from consortium.templatetags.portal import moment_text
from mentors.actions import log as actions
from mentors.actions.reopening import ask_reopening
from mentors.enums import LogState
from mentors.forms.log import LENGTHS, AmendForm, CosignForm, DiffersForm, LogForm
from mentors.queries import log as queries
from mentors.queries.mentorship import mentorships_visible_to
from mentors.rules import log as rules
from mentors.rules.rhythm import month_of, standing_of
from mentors.wording import compared


@signed_in
def log_new(request, pk):
    """Record one act of guidance; opening the page records nothing."""
    mentorship = get_object_or_404(mentorships_visible_to(request.user), pk=pk)
    if rules.side_of(request.user, mentorship) is None:
        raise Forbidden(
            _("Only this student’s two mentors sign logs."),
            remedy=_("You can read them on the page of the mentorship."),
            url=mentorship.get_absolute_url(),
            url_label=_("Open the mentorship"),
        )
    return write(request, mentorship, request.user)


def write(request, mentorship, by, *, template="mentors/log_form.html", done=None, frame=None, first=None):
    """The form for one log by `by`, from the own account or from the link in a mail.

    `done` (request, what signs) answers a good form; `frame` is what the page around it needs; `first` what it
    begins with. Whoever holds a link does not read the draft's note between the mentors.
    """
    today = clock.today()
    draft = queries.draft_of(by, mentorship)
    form = LogForm(
        request.POST or None,
        request.FILES or None,
        initial=_first_values(draft, first),
        today=today,
    )
    status = 200
    act = request.POST.get("act", "sign")
    if request.method == "POST":
        if act == "last":
            form = LogForm(data=_filled_from_last(request.POST, by, mentorship), today=today)
            form.errors.clear()
        elif act == "drop":
            actions.drop_file(mentorship=mentorship, by=by)
            _keep(form, mentorship, by, request.POST)
            form.errors.clear()
        else:
            answer, status = _signed_or_refused(request, form, mentorship, by, act, done)
            if answer is not None:
                return answer
        draft = queries.draft_of(by, mentorship)
    late = form.has_error("day") and "late" in getattr(form, "codes", ())
    form.fields[
        "late_reason"
    ].required = late  # so that its label does not call it optional where it is asked for
    return render(
        request,
        template,
        {
            "form": form,
            "mentorship": mentorship,
            "draft": draft,
            "last": queries.last_by(by, mentorship),
            "standing": standing_of(mentorship, rules.side_of(by, mentorship), today),
            "late": late,
            "same": "same" in getattr(form, "codes", ()),
            "key": f"log-{mentorship.pk}-{by.pk}",
            "autosave": reverse("log_draft", args=[mentorship.pk]),
            **(frame or {}),
        },
        status=status,
    )


def _signed_or_refused(request, form, mentorship, by, act, done):
    """(answer, status): the way to the signed log, or None and what the form shows."""
    valid = form.is_valid()
    form.codes = set()
    upload = request.FILES.get("file")
    if upload:
        try:
            actions.keep_file(mentorship=mentorship, by=by, upload=upload)
        except Refused as refusal:
            form.refuse(refusal)
            valid = False
    if valid:
        try:
            if act == "reopen":
                request_ = ask_reopening(
                    mentorship=mentorship,
                    by=by,
                    day=form.cleaned_data["day"],
                    reason=form.cleaned_data["late_reason"],
                )
                _keep(form, mentorship, by, request.POST)
                return redirect(request_), 302
            return (done or _sign_once)(request, _signature(form, mentorship, by)), 302
        except Refused as refusal:
            form.refuse(refusal)
            form.codes.add(refusal.code)
            if refusal.field == "late_reason":
                form.codes.add("late")
                form.add_error("day", _("This day is past the limit."))
            _keep(form, mentorship, by, request.POST)
            return None, refusal.status
    _keep(form, mentorship, by, request.POST)
    return None, 422


def _signature(form, mentorship, by):
    """What signs the log once it is called, with the file that the draft keeps."""
    draft = queries.draft_of(by, mentorship)
    file = draft.file if draft else None
    return lambda: actions.sign_log(mentorship=mentorship, by=by, file=file, **form.signed())


def _sign_once(request, sign):
    return form_keys.create_once(request, "sign log", sign)


def _keep(form, mentorship, by, typed):
    """What was typed stays with the server too, whatever was wrong with it."""
    actions.save_draft(mentorship=mentorship, by=by, values=typed.dict())


def _first_values(draft, first):
    if draft is None:
        return first or {"when": "today"}
    values, typed_on = dict(draft.values), draft.saved_at.astimezone(clock.SHANGHAI).date()
    said = {"today": typed_on, "yesterday": typed_on - timedelta(days=1)}.get(values.get("when"))
    if said and typed_on != clock.today():
        values |= {"when": "other", "day": said.isoformat()}
    if first:
        values.pop("private", None)
    return {"when": "today"} | values | (first or {})


def _filled_from_last(typed, by, mentorship):
    """“Use last time’s”: kind, length and text of the last log, wherever nothing was typed yet."""
    values = typed.dict()
    last = queries.last_by(by, mentorship)
    if last is None:
        return values
    length = str(last.minutes) if last.minutes in LENGTHS else "other"
    was = {"kind": last.kind, "length": length, "text": last.text}
    if length == "other":
        was["minutes"] = str(last.minutes)
    return values | {name: value for name, value in was.items() if not values.get(name)}


@require_POST
@signed_in
def log_draft(request, pk):
    """Keep what is being typed; answers with when, for the line under the form."""
    mentorship = get_object_or_404(mentorships_visible_to(request.user), pk=pk)
    revision = request.POST.get("revision", "")
    try:
        draft = actions.save_draft(
            mentorship=mentorship,
            by=request.user,
            values=request.POST.dict(),
            revision=int(revision) if revision.isdigit() else None,
        )
    except Stale as stale:
        return JsonResponse({"said": str(stale)}, status=409)
    said = _("Saved %(moment)s") % {"moment": moment_text(draft.saved_at)}
    return JsonResponse({"revision": draft.revision, "said": said})


@signed_in
def logs(request):
    """A student's or mentor's logs, newest first; what waits for an answer has its own tab."""
    everything = queries.logs_visible_to(request.user).standing()
    tabs = [
        ("all", _("All"), everything),
        ("waiting", _("To be confirmed"), everything.filter(state=LogState.SIGNED)),
        ("differs", _("Something differs"), everything.filter(state=LogState.DIFFERS)),
    ]
    tab = lists.chosen(request, "tab", {name for name, _label, _rows in tabs}) or "all"
    rows = next(rows for name, _label, rows in tabs if name == tab)
    one = request.GET.get("mentorship", "")
    if one.isascii() and one.isdigit() and len(one) < 12:
        rows = rows.filter(mentorship=int(one))
    if month := _month(request):
        rows = rows.filter(day__range=month)
    side = request.GET.get("side", "")
    rows = queries.with_side(rows, side)
    rows = queries.newest_first(queries.searched(rows, lists.words_of(request)))
    return render(
        request,
        "mentors/logs.html",
        {
            "page": lists.page_of(request, rows),
            "tabs": [
                {
                    "label": label,
                    "url": lists.address(request, tab=None if name == "all" else name),
                    "count": of.count(),
                    "on": name == tab,
                }
                for name, label, of in tabs
            ],
            "q": lists.words_of(request),
            "tab": tab,
            "month": month,
            "clear_url": request.path,
            "narrowed": bool(month or one or side or lists.words_of(request)),
        },
    )


def _month(request):
    """The month the address names ("2026-11"), as its first and last day, or None."""
    year, _dash, month = request.GET.get("month", "").partition("-")
    if year.isdecimal() and month.isdecimal() and 1900 <= int(year) <= 2200 and 1 <= int(month) <= 12:
        return month_of(date(int(year), int(month), 1))
    return None


@signed_in
def log(request, pk):
    """One log: what was signed, how far it is, what it amends; the student answers here."""
    return _page(request, _found(request, pk))


def _page(request, row, *, differs=None, cosign=None, status=200):
    user, today = request.user, clock.today()
    chain = queries.chain_of(row)
    at = next(number for number, one in enumerate(chain) if one.pk == row.pk)
    before = chain[at - 1] if at else None
    side = rules.side_of(user, row.mentorship)
    return render(
        request,
        "mentors/log.html",
        {
            "row": row,
            "chain": chain if len(chain) > 1 else [],
            "later": chain[-1] if at < len(chain) - 1 else None,
            "before": before,
            "words": compared(before.text, row.text) if before else None,
            "steps": steps_of(row),
            "may_confirm": rules.can_confirm(user, row),
            "may_contest": rules.can_contest(user, row),
            "may_amend": rules.can_amend(user, row),
            "may_cosign": rules.can_cosign(user, row),
            "reads_private": rules.reads_private(user, row),
            "side": side,
            "own": user.pk == row.signed_by_id,
            "standing": standing_of(row.mentorship, side, today) if side else None,
            "group": _others_of(row, user),
            "differs": differs or DiffersForm(),
            "cosign": cosign or CosignForm(),
            "history": history_of(row) if rules.sees_all(user) else [],
        },
        status=status,
    )


def _others_of(row, user):
    """The other students of a joint meeting, as far as the reader sees them."""
    if not row.group:
        return []
    return list(queries.logs_visible_to(user).filter(group=row.group).exclude(pk=row.pk).standing())


def steps_of(row):
    """How far a log is: when it was signed and answered, and how."""
    answered = row.state in (LogState.CONFIRMED, LogState.DIFFERS)
    return {
        "signed": row.signed_at,
        "answered": row.answered_at if answered else None,
        "confirmed": row.state == LogState.CONFIRMED,
        "differs": row.state == LogState.DIFFERS,
    }


@require_POST
@signed_in
def log_confirm(request, pk):
    """The student's one press."""
    row = _found(request, pk)
    actions.confirm_log(log=row, by=request.user)
    messages.success(request, _("Confirmed. The log counts from now on."))
    return redirect(row)


@require_POST
@signed_in
def log_differs(request, pk):
    """The student's sentence."""
    row = _found(request, pk)
    form = DiffersForm(request.POST)
    if form.is_valid():
        try:
            actions.contest_log(log=row, by=request.user, answer=form.cleaned_data["answer"])
        except Refused as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("Sent. The mentor reads it and amends the log or talks to you."))
            return redirect(row)
    return _page(request, row, differs=form, status=422)


@require_POST
@signed_in
def log_cosign(request, pk):
    """The other mentor signs the joint meeting, or says why not."""
    row = _found(request, pk)
    if request.POST.get("act") != "refuse":
        actions.cosign_log(log=row, by=request.user)
        messages.success(request, _("Signed by both mentors."))
        return redirect(row)
    form = CosignForm(request.POST)
    if form.is_valid():
        try:
            actions.refuse_cosign(log=row, by=request.user, note=form.cleaned_data["note"])
        except Refused as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
        else:
            messages.success(request, _("Sent. The mentor who signed first reads why."))
            return redirect(row)
    return _page(request, row, cosign=form, status=422)


@signed_in
def log_amend(request, pk):
    """Correct a signed log: the signed text stays, the correction follows it."""
    row = _found(request, pk)
    first = {"kind": row.kind, "day": row.day, "minutes": row.minutes, "text": row.text}
    form = AmendForm(request.POST or None, initial=first)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return form_keys.create_once(
                    request,
                    "amend log",
                    lambda: actions.amend_log(log=row, by=request.user, **form.cleaned_data),
                )
            except Forbidden:
                raise
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
    elif not rules.can_amend(request.user, row):
        own = request.user.pk == row.signed_by_id
        raise actions.amended_already(row) if own else actions.not_yours_to_amend(row)
    return render(request, "mentors/log_amend.html", {"form": form, "row": row}, status=status)


def _found(request, pk):
    return get_object_or_404(queries.logs_visible_to(request.user), pk=pk)
