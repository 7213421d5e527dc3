"""Pages of supervision logs: the form on the phone, one log with its answers, the list."""

from contextlib import suppress
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
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from consortium.templatetags.portal import moment_text
from mentors.actions import log as actions
from mentors.actions.meeting import use_link
from mentors.actions.reopening import ask_reopening
from mentors.enums import LogState
from mentors.forms.log import LENGTHS, AmendForm, CosignForm, DiffersForm, LogForm
from mentors.queries import log as queries
from mentors.queries.mentorship import guides, guides_or_did, mentorships_visible_to
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


@signed_in
def log_which(request):
    """The way to a new log from anywhere: to the form where there is one student, else to the list to choose from."""
    user, since = request.user, rules.earliest(clock.today())
    if not guides(user):
        raise Forbidden(
            _("Only a student’s two mentors sign logs."),
            remedy=_("You can read the logs of your own guidance."),
        )
    rows = list(guides_or_did(user, since)[:2])
    return redirect("log_new", rows[0].pk) if len(rows) == 1 else redirect("mentorships")


def write(request, mentorship, by, *, link=None):
    """The form for one log by `by`, from the own account or from the `link` in a mail.

    A link signs the day of its meeting and opens no late one. Whoever holds it reads neither the mentor's draft nor the
    text of an earlier log, and leaves that draft as it is.
    """
    today = clock.today()
    typed = _with_day_of(link, request.POST) if link else request.POST
    form = LogForm(
        typed if request.method == "POST" else None,
        request.FILES or None,
        initial={} if link else first_values(queries.draft_of(by, mentorship)),
        today=today,
    )
    status = 200
    act = request.POST.get("act", "sign")
    if request.method == "POST":
        if act == "last":
            form = LogForm(data=_filled_from_last(typed, by, mentorship, with_text=link is None), today=today)
            form.errors.clear()
        elif act == "drop":
            actions.drop_file(mentorship=mentorship, by=by, link=link)
            keep_typed(request, mentorship, by, link=link)
            form.errors.clear()
        else:
            answer, status = _signed_or_refused(request, form, mentorship, by, act, link)
            if answer is not None:
                return answer
    draft = None if link else queries.draft_of(by, mentorship)
    late = not link and form.has_error("day") and "late" in getattr(form, "codes", ())
    form.fields[
        "late_reason"
    ].required = late  # so that its label does not call it optional where it is asked for
    return render(
        request,
        "mentors/link_form.html" if link else "mentors/log_form.html",
        {
            "form": form,
            "mentorship": mentorship,
            "link": link,
            "draft": draft,
            "file": queries.kept_file(by, mentorship, link),
            "last": queries.last_by(by, mentorship),
            "standing": standing_of(mentorship, rules.side_of(by, mentorship), today),
            "late": late,
            "same": "same" in getattr(form, "codes", ()),
            "key": f"link-{link.pk}" if link else f"log-{mentorship.pk}-{by.pk}",
            "autosave": "" if link else reverse("log_draft", args=[mentorship.pk]),
        },
        status=status,
    )


def _signed_or_refused(request, form, mentorship, by, act, link):
    """(answer, status): the way to the signed log, or None and what the form shows."""
    valid = form.is_valid()
    form.codes = set()
    upload = request.FILES.get("file")
    if upload:
        try:
            actions.keep_file(
                mentorship=mentorship, by=by, upload=upload, form_key=_form_key(request), link=link
            )
        except Refused as refusal:
            form.refuse(refusal)
            valid = False
    status = 422
    if valid:
        try:
            if act == "reopen" and not link:
                request_ = ask_reopening(
                    mentorship=mentorship,
                    by=by,
                    day=form.cleaned_data["day"],
                    reason=form.cleaned_data["late_reason"],
                )
                keep_typed(request, mentorship, by)
                return redirect(request_), 302
            return _sign_once(request, form, mentorship, by, link), 302
        except Refused as refusal:
            if link:
                _lead_to_the_account(refusal, mentorship)
            form.refuse(refusal)
            form.codes.add(refusal.code)
            if refusal.field == "late_reason":
                form.codes.add("late")
                form.add_error("day", _("This day is past the limit."))
            status = refusal.status
    keep_typed(request, mentorship, by, link=link)
    return None, status


def _sign_once(request, form, mentorship, by, link):
    """Sign with the file that is kept; a link signs once for ever, a form of the own account once per key."""

    def sign():
        file = queries.kept_file(by, mentorship, link)
        return actions.sign_log(mentorship=mentorship, by=by, file=file, link=link, **form.signed())

    if link is None:
        return form_keys.create_once(request, "sign log", sign)
    use_link(link=link, sign=sign)
    return redirect(link)


def _lead_to_the_account(refusal, mentorship):
    """A link opens no late day: that is asked for in the own account."""
    if refusal.code == "late":
        refusal.remedy = _("This link cannot ask for it: ask from your own account.")
        refusal.url = reverse("log_new", args=[mentorship.pk])
        refusal.url_label = _("Sign in and record")


def _with_day_of(link, posted):
    """What was typed behind a link, of the day that the link is for."""
    typed = posted.copy()
    typed["when"], typed["day"] = "other", link.day.isoformat()
    return typed


def _form_key(request):
    return request.POST.get("form_key", "")


def keep_typed(request, mentorship, by, *, link=None):
    """What was typed stays with the server too, whatever was wrong with it; the page shows it in any case."""
    with suppress(Stale, Invalid):  # too long for a draft, or its form has signed meanwhile
        actions.save_draft(
            mentorship=mentorship, by=by, values=typed_in(request), form_key=_form_key(request), link=link
        )


def typed_in(request):
    """The fields of the form by name; those of a joint meeting's students as a list."""
    typed = request.POST.dict()
    if "students" in typed:
        typed["students"] = request.POST.getlist("students")
    return typed


def first_values(draft):
    """What a form begins with: the draft, whose “today” stays the day on which it was typed."""
    if draft is None:
        return {"when": "today"}
    values, typed_on = dict(draft.values), clock.day_of(draft.saved_at)
    said = {"today": typed_on, "yesterday": typed_on - timedelta(days=1)}.get(values.get("when"))
    if said and typed_on != clock.today():
        values |= {"when": "other", "day": said.isoformat()}
    return {"when": "today"} | values


def _filled_from_last(typed, by, mentorship, with_text):
    """“Use last time’s”: kind, length and text of the last log, wherever nothing was typed yet.

    Without its text where a link is open: whoever holds that reads no earlier log.
    """
    values = typed.dict()
    last = queries.last_by(by, mentorship)
    if last is None:
        return values
    length = str(last.minutes) if last.minutes in LENGTHS else "other"
    was = {"kind": last.kind, "length": length}
    if with_text:
        was["text"] = last.text
    if length == "other":
        was["minutes"] = str(last.minutes)
    return values | {name: value for name, value in was.items() if not values.get(name)}


@require_POST
@signed_in
def log_draft(request, pk):
    """Keep what is being typed."""
    return autosaved(request, get_object_or_404(mentorships_visible_to(request.user), pk=pk))


def autosaved(request, mentorship):
    """Keep what is being typed, of one log or (None) of a joint meeting; answers with when, for the line under it."""
    revision = request.POST.get("revision", "")
    try:
        draft = actions.save_draft(
            mentorship=mentorship,
            by=request.user,
            values=typed_in(request),
            revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else 0,
            form_key=_form_key(request),
        )
    except (Stale, Invalid) as refusal:
        return JsonResponse({"said": str(refusal)}, status=refusal.status)
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
