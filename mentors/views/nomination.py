"""The employer's and the person's side: nominating, mending, consenting, declining, and the page of a nomination."""

from dataclasses import dataclass

from django.contrib import messages
from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from consortium import clock, files, form_keys, lists, policy
from consortium.access import permitted, signed_in
from consortium.acting import organisation_of
from consortium.actions.account import hash_token
from consortium.history import history_of
from consortium.models import Organisation
from consortium.reach import reach
from consortium.refusals import Forbidden, Refused
from consortium.roles import Permission
from mentors.actions import nomination as actions
from mentors.enums import NOMINATION_OPEN, NominationKind
from mentors.enums import NominationState as S
from mentors.forms.nomination import DeclineForm, NominationForm, ReasonForm
from mentors.queries import nomination as queries
from mentors.queries.appointment import appointments_visible_to
from mentors.rules import nomination as rules
from mentors.rules.qualification import said_of

# Where each state stands among the steps of the rail.
POSITION = {
    S.NOMINATED: 0,
    S.EMPLOYER_CONSENTED: 1,
    S.RETURNED: 0,
    S.CONSENTED: 2,
    S.QUALIFIED: 3,
    S.EXCEPTION_REQUESTED: 2,
    S.REVIEWED: 3,
    S.PUBLIC_NOTICE: 3,
    S.APPOINTED: 4,
    S.REFUSED: 2,
    S.DECLINED: 1,
    S.WITHDRAWN: 0,
    S.UNANSWERED: 1,
}
OVER = (S.REFUSED, S.DECLINED, S.WITHDRAWN, S.UNANSWERED)
KEPT_PROOF = "mentors.nomination.proof"


# --- the list


@signed_in
def nominations(request):
    """Nominations by what they wait for; those the reader must act on first."""
    visible = queries.nominations_visible_to(request.user)
    if not rules.sees_queue(request.user) and not visible.exists():
        raise Forbidden(
            _("Your role does not include this."),
            remedy=_("If you need it, ask the secretariat to change your role."),
        )
    tabs = [
        ("turn", _("For you to do"), queries.waiting_for(request.user)),
        ("open", _("Under way"), visible.filter(state__in=NOMINATION_OPEN)),
        ("done", _("Done"), visible.exclude(state__in=NOMINATION_OPEN)),
        ("all", _("All"), visible),
    ]
    tab = lists.chosen(request, "tab", {name for name, _label, _rows in tabs}) or "turn"
    rows = next(rows for name, _label, rows in tabs if name == tab)
    words = lists.words_of(request)
    order = lists.chosen(request, "sort", queries.ORDERS) or "due"
    page = lists.page_of(request, queries.in_order(queries.searched(rows, words), order))
    now = clock.now()
    for row in page.object_list:
        row.turn = rules.is_users_turn(request.user, row)
        row.whose = rules.whose_turn(row)
        row.late = bool(row.due and row.due < now)
    return render(
        request,
        "mentors/nominations.html",
        {
            "page": page,
            "tab": tab,
            "q": words,
            "tabs": [
                {
                    "label": label,
                    "url": lists.address(request, tab=None if name == "turn" else name),
                    "count": of.count(),
                    "on": name == tab,
                    "turn": name == "turn",
                }
                for name, label, of in tabs
            ],
            "sorts": lists.sorts(
                request,
                [
                    ("due", _("Due first")),
                    ("newest", _("Newest first")),
                ],
                "due",
            ),
            "sort_kept": order if order != "due" else "",
            "may_nominate": rules.may_nominate(request.user),
        },
    )


# --- putting forward


@permitted(Permission.NOMINATE_MENTOR)
def nomination_new(request):
    """Put somebody forward."""
    units = _units(request.user)
    form = NominationForm(
        request.POST or None,
        request.FILES or None,
        organisations=units,
        initial={
            "since": clock.today(),
            "capacity": 2,
            "in_post": True,
            "organisation": _acted_for(request.user, units),
        },
    )
    return _written(
        request,
        form,
        purpose="nominate a mentor",
        make=lambda values, proof: actions.nominate(
            by=request.user, organisation=_unit_of(values, units), proof=proof, **values
        ),
        title=_("Nominate a mentor"),
        submit=_("Nominate and ask the person"),
        back_url=reverse("nominations"),
    )


@permitted(Permission.NOMINATE_MENTOR)
def nomination_renew(request, pk):
    """Put a mentor forward for another term."""
    appointment = get_object_or_404(appointments_visible_to(request.user), pk=pk)
    if not rules.may_nominate_for(request.user, appointment.organisation):
        raise Http404
    last = queries.last_of(appointment)
    form = NominationForm(
        request.POST or None, request.FILES or None, renewal=True, initial=_from_last(appointment, last)
    )
    return _written(
        request,
        form,
        purpose="renew an appointment",
        make=lambda values, proof: actions.nominate_again(
            by=request.user, appointment=appointment, proof=proof, **values
        ),
        title=_("Nominate %(name)s for another term") % {"name": appointment.user.get_full_name()},
        submit=_("Nominate and ask the person"),
        back_url=appointment.get_absolute_url(),
    )


@signed_in
def nomination_edit(request, pk):
    """Mend a nomination that was returned."""
    nomination = _visible(request, pk)
    if not rules.may_write(request.user, nomination):
        raise Http404
    if nomination.state != S.RETURNED:
        return redirect(nomination)
    renewal = nomination.renews_id is not None
    initial = {name: getattr(nomination, name) for name in actions.FIELDS}
    form = NominationForm(
        request.POST or None, request.FILES or None, fixed=True, renewal=renewal, initial=initial
    )

    def make(values, proof):
        if renewal:
            values |= {name: getattr(nomination, name) for name in ("name", "email", "kind", "since")}
        return actions.mend_nomination(nomination=nomination, by=request.user, proof=proof, **values)

    return _written(
        request,
        form,
        purpose="mend a nomination",
        make=make,
        title=_("Mend the nomination"),
        submit=_("Send it on and ask the person again"),
        back_url=nomination.get_absolute_url(),
        nomination=nomination,
    )


def _written(request, form, *, purpose, make, title, submit, back_url, nomination=None):
    """The one form; whatever goes wrong, it comes back as it was typed, with the file that was chosen."""
    status, kept = 200, _kept_proof(request)
    if request.method == "POST":
        status = 422
        kept = _keep_proof(request, form) or kept
        if form.is_valid():
            values = dict(form.cleaned_data)
            values.pop("proof")
            try:
                return form_keys.create_once(request, purpose, lambda: make(values, kept))
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
    return render(
        request,
        "mentors/nomination_form.html",
        {
            "form": form,
            "blocks": form.blocks(),
            "title": title,
            "submit": submit,
            "back_url": back_url,
            "nomination": nomination,
            "kept": kept,
            "kept_token": signing.dumps(kept.pk, salt=KEPT_PROOF) if kept else "",
            "notice_days": policy.value("mentor_notice_days"),
        },
        status=status,
    )


def _keep_proof(request, form):
    """The upload, kept even when a word elsewhere has to be mended; a refused one is said at its field."""
    upload = request.FILES.get("proof")
    if not upload or form.errors.get("proof"):
        return None
    try:
        return files.store_upload(upload, by=request.user)
    except Refused as refusal:
        refusal.field = "proof"
        form.refuse(refusal)
        return None


def _kept_proof(request):
    """The file of an earlier press of this form, by its signed number."""
    try:
        pk = signing.loads(request.POST.get("kept_proof", ""), salt=KEPT_PROOF, max_age=86_400)
    except signing.BadSignature:
        return None
    return files.own(request.user, pk)


def _units(user):
    """The organisations the person nominates for; None is any."""
    held = reach(user, Permission.NOMINATE_MENTOR)
    if held.all:
        return None
    return list(Organisation.objects.filter(pk__in=held.organisations).order_by("pk"))


def _acted_for(user, units):
    """The unit the form proposes; the office types a name."""
    unit = organisation_of(user)
    return str(unit.pk) if unit and units else None


def _unit_of(values, units):
    chosen = values.pop("organisation", None)
    if units is None:
        return chosen
    return next((row for row in units if str(row.pk) == chosen), units[0])


def _from_last(appointment, last):
    words = {
        "category": appointment.category,
        "title": appointment.title,
        "field": appointment.field,
        "capacity": appointment.capacity,
        "in_post": True,
    }
    if last:
        words |= {name: getattr(last, name) for name in ("title_level", "degree", "team")}
    return words


# --- the page


@dataclass(frozen=True)
class Door:
    """How this reader came: by an account or by the link of a mail."""

    nomination: object
    by: object
    token: str = ""

    @property
    def layout(self):
        """A link shows no navigation: only what it is for."""
        return "layouts/plain.html" if self.token else None

    def url(self, step=""):
        """Where this reader's next press goes."""
        if self.token:
            return reverse(f"nomination_link{step}", args=[self.token])
        return reverse(f"nomination{step}", args=[self.nomination.pk])


@signed_in
def nomination(request, pk):
    """Where a nomination stands, for whoever may see it."""
    row = _visible(request, pk)
    return _page(request, row, Door(row, request.user))


@never_cache
def nomination_link(request, token):
    """What the link of a mail opens. Opening it records nothing."""
    row, door = _door_of(request, token)
    return _page(request, row, door)


def _page(request, row, door):
    user = request.user
    office = reach(user, Permission.APPROVE_MENTOR).all or reach(user, Permission.READ_AUDIT).all
    person = bool(door.token) or rules.is_person(user, row)
    steps = steps_of(row)
    at = min(POSITION[row.state], len(steps) - 1)
    appointment = row.renews if row.process == NominationKind.RENEWAL else getattr(row, "appointment", None)
    lines = row.checks
    if not lines and row.state == S.CONSENTED and row.born and rules.may_check(user, row):
        lines = actions.lines_of(row)
    return render(
        request,
        "mentors/nomination.html",
        {
            "layout": door.layout,
            "door": door,
            "nomination": row,
            "office": office and not door.token,
            "person": person,
            "full": person or rules.reads_address(user, row),
            "may_write": not door.token and rules.may_write(user, row),
            "open": row.state in NOMINATION_OPEN,
            "over": row.state in OVER,
            "rail": [{"label": "", "steps": steps}],
            "position": at + 1,
            "total": len(steps),
            "turn": bool(door.token and row.state == S.EMPLOYER_CONSENTED)
            or (not door.token and rules.is_users_turn(user, row)),
            "whose": rules.whose_turn(row),
            "strip": strip_of(user, row, door),
            "lines": said_of(row, lines),
            "answers": person and row.state == S.EMPLOYER_CONSENTED,
            "consent_url": door.url("_consent"),
            "decline_url": door.url("_decline"),
            "decline_form": DeclineForm(),
            "may_take_back": person and row.state in NOMINATION_OPEN and row.consented_at is not None,
            "seats": _seats(user, row),
            "appointment": appointment,
            "letter": getattr(row, "letter", None),
            "objections": list(row.objections.filter(notice=row.notice_id)) if row.notice_id else [],
            "history": history_of(row) if office and not door.token else [],
            "notice_days": policy.value("mentor_notice_days"),
            "withdraw_form": ReasonForm(),
        },
    )


def _seats(user, row):
    """The two signatures under an exception."""
    if not row.exception_reason or not row.checked_by_id:
        return []
    open_state = "turn" if row.state == S.EXCEPTION_REQUESTED and rules.may_sign(user, row) else "open"
    return [
        {
            "party": _("Asked for the exception"),
            "name": row.checked_by.get_full_name(),
            "state": "signed",
            "at": row.checked_at,
            "note": "",
        },
        {
            "party": _("Second signature"),
            "name": row.signed_by.get_full_name() if row.signed_by_id else _("a second person of the office"),
            "state": "signed" if row.signed_by_id else open_state,
            "at": row.signed_at,
            "note": "",
        },
    ]


def steps_of(row):
    """The five steps with state and date."""
    at = POSITION[row.state]
    over = row.state in OVER
    rows = [
        (pgettext("nomination step", "Nominated"), row.nominated_at),
        (pgettext("nomination step", "The person agrees"), row.consented_at),
        (pgettext("nomination step", "Checked"), row.checked_at),
        (pgettext("nomination step", "Public notice"), row.notice and row.notice.starts_at),
        (pgettext("nomination step", "Appointed"), row.closed_at if row.state == S.APPOINTED else None),
    ]
    if row.process == NominationKind.RENEWAL:
        # A renewal goes without a notice.
        rows.pop(3)
        at -= at == 4
    return [
        {
            "label": label,
            "state": "done" if number < at else "current" if number == at and not over else "todo",
            "date": date if number <= at else None,
            "note": "",
        }
        for number, (label, date) in enumerate(rows)
    ]


def strip_of(user, row, door):
    """The third question and the one action of whoever acts next."""
    strip = {"due_at": None, "due_label": "", "url": "", "verb": "", "post": ""}
    if row.state in (S.NOMINATED, S.EMPLOYER_CONSENTED):
        strip |= {"due_at": row.answer_due, "due_label": _("To answer by")}
    elif row.state == S.CONSENTED:
        strip |= {"due_at": row.check_due, "due_label": _("Checked by")}
    elif row.state == S.PUBLIC_NOTICE:
        strip |= {"due_at": row.notice.ends_at, "due_label": _("Notice ends")}
    if door.token or not rules.is_users_turn(user, row):
        return strip
    name, verb = rules.next_act(row)
    if name:
        # The employer's agreement is one press; the other steps have a page.
        how = "post" if row.state == S.NOMINATED else "url"
        strip |= {how: reverse(name, args=[row.pk]), "verb": verb}
    return strip


# --- answers


@require_POST
@signed_in
def nomination_employer(request, pk):
    """The employer agrees with what the office put forward."""
    row = _visible(request, pk)
    actions.consent_as_employer(nomination=row, by=request.user)
    messages.success(request, _("You agreed for the employer. The person is asked now."))
    return redirect(row)


@require_POST
@signed_in
def nomination_consent(request, pk):
    """The person agrees."""
    row = _visible(request, pk)
    return _consented(request, Door(row, request.user))


@require_POST
@signed_in
def nomination_decline(request, pk):
    """The person says no, or takes the consent back."""
    row = _visible(request, pk)
    return _declined(request, Door(row, request.user))


@never_cache
@require_POST
def nomination_link_consent(request, token):
    """The person agrees, by the link."""
    _row, door = _door_of(request, token)
    return _consented(request, door)


@never_cache
@require_POST
def nomination_link_decline(request, token):
    """The person says no, by the link."""
    _row, door = _door_of(request, token)
    return _declined(request, door)


def _consented(request, door):
    actions.consent(nomination=door.nomination, by=door.by)
    messages.success(request, _("You agreed. The office checks the nomination next."))
    return redirect(door.url())


def _declined(request, door):
    form = DeclineForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else request.POST.get("reason", "")[:300]
    actions.decline(nomination=door.nomination, by=door.by, reason=reason.replace("\x00", ""))
    messages.success(request, _("You declined; your employer was told."))
    # The link has ended with the answer: an account comes back to the page, a visitor to the portal's first.
    return redirect("home" if door.token else door.nomination.get_absolute_url())


@require_POST
@signed_in
def nomination_withdraw(request, pk):
    """The employer takes it back."""
    row = _visible(request, pk)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.withdraw_nomination(nomination=row, by=request.user, reason=reason)
    messages.success(request, _("The nomination is withdrawn."))
    return redirect(row)


@require_POST
@signed_in
def nomination_link_again(request, pk):
    """A new link to the person's address."""
    row = _visible(request, pk)
    actions.send_link_again(nomination=row, by=request.user)
    messages.success(request, _("The person was asked again."))
    return redirect(row)


def _visible(request, pk):
    return get_object_or_404(queries.nominations_visible_to(request.user), pk=pk)


def _door_of(request, token):
    row = queries.nomination_behind(hash_token(token))
    if row is None:
        raise Http404
    if request.user.is_authenticated and not rules.is_person(request.user, row):
        raise Forbidden(
            _("This link belongs to the person who was nominated."),
            remedy=_("Sign out and open it again, if that is you."),
        )
    return row, Door(row, actions.Nominee(nomination_id=row.pk), token)
