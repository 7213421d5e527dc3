"""Pages of agreements: the list, one agreement, drawing it up, signing, sending back, ending, checking a file."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium import clock, exports, files, form_keys, lists
from consortium.access import permitted, signed_in
from consortium.actions import agreement as actions
from consortium.enums import AGREEMENT_OVER, AgreementKind, AgreementState
from consortium.forms.agreement import (
    AgreementForm,
    EndForm,
    HashForm,
    PaperForm,
    RenewForm,
    SignForm,
    TextForm,
    WishForm,
    WithdrawForm,
)
from consortium.history import history_of
from consortium.queries import agreement as queries
from consortium.refusals import Forbidden, Refused
from consortium.roles import Permission
from consortium.rules import agreement as rules
from consortium.templatetags.portal import day, day_text


def agreements(request):
    """The agreements one may know of, by what waits for the reader and how they stand."""
    today, user = clock.today(), request.user
    seen = queries.agreements_visible_to(user)
    tabs = _tabs(user, seen, today)
    counts = {name: rows.count() for name, _label, rows in tabs}
    first = "waiting" if counts.get("waiting") else "force"
    tab = lists.chosen(request, "tab", counts) or first
    rows = next(rows for name, _label, rows in tabs if name == tab)
    rows = queries.searched(rows, lists.words_of(request))
    if kind := lists.chosen(request, "kind", AgreementKind.values):
        rows = rows.filter(kind=kind)
    rows = queries.with_parties(rows).order_by("-since", "-pk")
    if format := exports.wanted(request):
        return _file(rows, format, today)
    page = lists.page_of(request, rows)
    for row in page.object_list:
        row.standing = rules.standing(row, today)
    return render(
        request,
        "consortium/agreements.html",
        {
            "page": page,
            "tabs": [
                {
                    "label": label,
                    "url": lists.address(request, tab=name),
                    "count": counts[name],
                    "on": name == tab,
                    "turn": name == "waiting" and counts[name],
                }
                for name, label, _rows in tabs
            ],
            "keeps": rules.can_keep(user),
            "kinds": lists.options(request, "kind", AgreementKind.choices),
            "q": lists.words_of(request),
            "kept": [(name, request.GET[name]) for name in ("tab", "kind") if name in request.GET],
            "day": today,
            "files": lists.files_of(request),
            "clear_url": lists.address(request, q=None, kind=None),
        },
    )


def _tabs(user, seen, today):
    tabs = []
    if user.is_authenticated and (rules.can_keep(user) or queries.signs_for(user)):
        tabs.append(("waiting", _("Waits for you"), seen.filter(pk__in=queries.waiting_for(user))))
    if queries.sees_all(user) or queries.signs_for(user):
        tabs.append(("signing", pgettext("agreement", "Being signed"), queries.being_signed(seen)))
    held = seen.filter(state=AgreementState.IN_FORCE)
    return [
        *tabs,
        ("force", pgettext("agreement", "In force"), held),
        ("expiring", _("Ends within 90 days"), queries.ending_within(held, today)),
        ("over", pgettext("agreements", "Over"), queries.over(seen)),
        ("all", pgettext("agreements", "All"), seen),
    ]


def agreement(request, pk):
    """One agreement: how far it is and whose turn it is, who signed, its texts with their hashes, what one may do."""
    found = _found(request, pk)
    user, today = request.user, clock.today()
    full = rules.can_read_in_full(user, found)
    turn = rules.whose_turn(found)
    mine = _own_seat(user, found)
    my_turn = bool(turn and mine and turn.pk == mine.pk)
    shown = found.offered or found.text
    return render(
        request,
        "consortium/agreement.html",
        {
            "agreement": found,
            "standing": rules.standing(found, today),
            "full": full,
            "parties": list(found.parties.all()),
            "seats": _seats(found, shown, turn, full),
            "shown": shown,
            "before": _seats(found, found.text, None, full) if found.offered_id and found.text_id else [],
            "papers": _papers(found) if full else [],
            "texts": queries.texts_shown_to(user, found) if full else [],
            "whose": _whose(found, turn),
            "due": day(found.until) if found.until else "",
            "turn": my_turn or (rules.can_keep(user) and found.state == AgreementState.DRAFT),
            "mine": mine if mine and turn and not _has_signed(mine, found.offered) else None,
            "my_turn": my_turn,
            "unsigned": [party for party, signed in rules.seats(found, found.offered) if signed is None]
            if found.offered_id
            else [],
            "keeps": rules.can_keep(user),
            "may_edit": rules.may_edit(user, found),
            "may_add_text": rules.may_add_text(user, found),
            "may_offer": rules.may_offer(user, found),
            "may_withdraw": rules.may_withdraw(user, found),
            "may_end": rules.may_end(user, found),
            "may_renew": rules.may_renew(user, found),
            "renewals": _renewals(user, found),
            "previous": queries.agreements_visible_to(user).filter(pk=found.previous_id).first(),
            "over": found.state in AGREEMENT_OVER,
            "history": history_of(found) if full else [],
        },
    )


def _seats(found, text, turn, full):
    """Seats for the signature block; outsiders read that a party signed, not who."""
    seats = []
    for party, signed in rules.seats(found, text):
        seats.append(
            {
                "party": party.organisation.name,
                "name": (signed.signer if full else _("signed")) if signed else _("not signed yet"),
                "state": "signed" if signed else "turn" if turn and turn.pk == party.pk else "open",
                "at": None,
                "note": day_text(signed.signed_on) if signed else "",
            }
        )
    return seats


def _papers(found):
    """Signatures given on paper, with their scans."""
    return [
        {
            "unit": party.organisation.name,
            "text": row.text.number,
            "signer": row.signer,
            "post": row.post,
            "row": row,
        }
        for party in found.parties.all()
        for row in party.signatures.all()
        if row.evidence_id
    ]


def _own_seat(user, found):
    own = [party for party in found.parties.all() if rules.can_sign_for(user, party.organisation)]
    if not own or not found.offered_id:
        return None
    return next((party for party in own if not _has_signed(party, found.offered)), own[0])


def _has_signed(party, text):
    return any(row.text_id == text.pk for row in party.signatures.all())


def _renewals(user, found):
    seen = queries.agreements_visible_to(user).filter(previous=found).exclude(state=AgreementState.WITHDRAWN)
    return list(seen)


def _whose(found, turn):
    if turn:
        return turn.organisation.name
    if found.state == AgreementState.DRAFT:
        return _("The office: draw it up and offer it")
    return _("Nobody: it is done")


# --- drawing up


@permitted(Permission.KEEP_AGREEMENTS)
def record_agreement(request):
    """Begin a draft."""
    form = AgreementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields, parties = form.values()

        def make():
            return actions.record_agreement(by=request.user, parties=parties, **fields)

        try:
            return form_keys.create_once(request, "record agreement", make)
        except Refused as refusal:
            form.refuse(refusal)
    return render(
        request, "consortium/agreement_form.html", {"form": form, "agreement": None}, status=_status(form)
    )


@permitted(Permission.KEEP_AGREEMENTS)
def edit_agreement(request, pk):
    """Change a draft."""
    found = _found(request, pk)
    parties = [party.organisation for party in found.parties.all()]
    initial = {name: getattr(found, name) for name in actions.EDITABLE}
    form = AgreementForm(request.POST or None, initial=initial, parties=parties)
    status = 200
    if request.method == "POST":
        status = 422
        version = request.POST.get("version", "")
        if form.is_valid():
            fields, parties = form.values()
            try:
                actions.edit_agreement(
                    agreement=found,
                    by=request.user,
                    version=int(version) if version.isdecimal() else 0,
                    parties=parties,
                    **fields,
                )
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("The draft is saved."))
                return redirect(found)
    version = request.POST.get("version") or found.version
    context = {"form": form, "agreement": found, "version": version}
    return render(request, "consortium/agreement_form.html", context, status=status)


@permitted(Permission.KEEP_AGREEMENTS)
def add_text(request, pk):
    """Add a version of the text."""
    found = _found(request, pk)
    form = TextForm(request.POST or None, request.FILES or None)

    def make(values):
        file = files.store_upload(values["file"], by=request.user)
        actions.add_text(agreement=found, by=request.user, file=file, note=values["note"])
        return found

    effects = [
        _("The file is kept under its hash and never changes; a change is a new text."),
        _("Its parties read it once you offer it."),
    ]
    return _step(
        request,
        found,
        form,
        make,
        title=_("Add a text"),
        submit=_("Add the text"),
        effects=effects,
        key="add text",
    )


@permitted(Permission.KEEP_AGREEMENTS)
def offer(request, pk):
    """Offer the newest text for signing."""
    found = _found(request, pk)
    newest = next(iter(found.texts.all()), None)
    parties = pgettext("between names", ", ").join(party.organisation.name for party in found.parties.all())
    effects = [
        _("Text %(n)d goes to its parties in this order: %(names)s.")
        % {"n": newest.number if newest else 0, "names": parties},
        _("The first is told now, each next one when it is its turn."),
        _("Parties and facts cannot be changed while it is being signed."),
    ]

    def make(values):
        return actions.offer(agreement=found, by=request.user)

    return _step(
        request,
        found,
        None,
        make,
        title=_("Offer the text for signing"),
        submit=_("Offer the text"),
        effects=effects,
        done=_("The text is offered; the first party was told."),
    )


# --- signing


@signed_in
def sign(request, pk, party):
    """Sign the text on offer for one party."""
    found, seat = _seat(request, pk, party)
    form = SignForm(request.POST or None)
    read = request.POST.get("text", "")
    if not read.isdecimal():
        read = str(found.offered_id or "")

    def make(values):
        text = next((row for row in found.texts.all() if str(row.pk) == read), None)
        actions.sign(party=seat, text=text, by=request.user, post=values["post"])
        return found

    text = found.offered
    effects = [
        _("You sign text %(n)d of “%(title)s” for %(unit)s, as %(name)s.")
        % {
            "n": text.number,
            "title": found.title,
            "unit": seat.organisation.name,
            "name": request.user.get_full_name(),
        },
        _("Name, post, day and the hash of the text are kept; nobody can change them."),
    ]
    return _step(
        request,
        found,
        form,
        make,
        title=_("Sign the agreement"),
        submit=_("Sign the text"),
        effects=effects,
        text=text,
        hidden=[{"name": "text", "value": read}],
        done=_("Your signature is recorded."),
    )


@permitted(Permission.KEEP_AGREEMENTS)
def record_paper(request, pk, party):
    """Record a signature that was given on paper."""
    found, seat = _seat(request, pk, party)
    form = PaperForm(request.POST or None, request.FILES or None)

    def make(values):
        scan = files.store_upload(values.pop("evidence"), by=request.user)
        actions.record_signature(party=seat, by=request.user, evidence=scan, **values)
        return found

    effects = [
        _("%(unit)s has signed text %(n)d on paper. Compare the paper with the text before you record it.")
        % {"unit": seat.organisation.name, "n": found.offered.number}
    ]
    return _step(
        request,
        found,
        form,
        make,
        title=_("Record a signature on paper"),
        submit=_("Record the signature"),
        effects=effects,
        text=found.offered,
        file_field="evidence",
        done=_("The signature is recorded."),
    )


@signed_in
def send_back(request, pk):
    """A party, or the office, sends the text on offer back with what is to be changed."""
    found = _found(request, pk)
    seat = _own_seat(request.user, found)
    if seat is None and not rules.can_keep(request.user):
        raise Forbidden(
            _("You do not sign for a party of this agreement."),
            remedy=_("Its administrators do; for a university the graduate school does."),
        )
    form = WishForm(request.POST or None)

    def make(values):
        party = None if rules.can_keep(request.user) else seat
        return actions.send_back(agreement=found, party=party, by=request.user, wish=values["wish"])

    effects = [
        _("The text is not on offer any more. What was signed under it stays recorded."),
        _("The office draws up the next text and offers it to all parties."),
    ]
    return _step(
        request,
        found,
        form,
        make,
        title=_("Send the text back"),
        submit=_("Send the text back"),
        effects=effects,
        done=_("The text went back."),
    )


# --- the end


@permitted(Permission.KEEP_AGREEMENTS)
def withdraw(request, pk):
    """Give up an agreement that was never concluded."""
    found = _found(request, pk)
    form = WithdrawForm(request.POST or None)

    def make(values):
        return actions.withdraw(agreement=found, by=request.user, **values)

    return _step(
        request,
        found,
        form,
        make,
        title=_("Give the agreement up"),
        submit=_("Give the agreement up"),
        effects=[
            _("It is not concluded; texts and signatures stay on record. Parties that were asked are told.")
        ],
        danger=True,
        done=_("The agreement was given up."),
    )


@permitted(Permission.KEEP_AGREEMENTS)
def end(request, pk):
    """End an agreement before its last day."""
    found = _found(request, pk)
    form = EndForm(request.POST or None, initial={"on": clock.today()})

    def make(values):
        return actions.end_agreement(agreement=found, by=request.user, **values)

    return _step(
        request,
        found,
        form,
        make,
        title=_("End the agreement"),
        submit=_("End the agreement"),
        effects=[
            _("It ends for all parties, who are told with your reason."),
            _("That cannot be undone; a later agreement is a new one."),
        ],
        danger=True,
        done=_("The agreement has ended."),
    )


@permitted(Permission.KEEP_AGREEMENTS)
def renew(request, pk):
    """Draw up the agreement that follows."""
    found = _found(request, pk)
    form = RenewForm(
        request.POST or None, initial={"since": found.until + timedelta(days=1)} if found.until else {}
    )

    def make(values):
        return actions.renew(agreement=found, by=request.user, **values)

    return _step(
        request,
        found,
        form,
        make,
        title=_("Renew the agreement"),
        submit=_("Draw up the renewal"),
        effects=[
            _("A draft with the same parties, kind and subject; it is signed like any other."),
            _("Until then the present one holds to its last day."),
        ],
        key="renew agreement",
    )


def check(request):
    """Whoever holds a file asks by its hash whether it is the text of an agreement; the answer gives no more than that."""
    form = HashForm(request.GET if "sha256" in request.GET else None)
    found, asked = [], ""
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data["sha256"].lower()
        found = [
            {
                "text": row,
                "holds": row.agreement.text_id == row.pk and row.agreement.state == AgreementState.IN_FORCE,
                "signed": row.agreement.text_id == row.pk,
            }
            for row in queries.texts_with(asked)
        ]
    return render(
        request,
        "consortium/agreement_check.html",
        {"form": form, "asked": asked, "found": found},
        status=_status(form),
    )


# --- what all share


def _step(request, found, form, make, *, title, submit, effects, key="", file_field="file", done="", **more):
    """A page of its own before a deed, and the deed."""
    status = 200
    if request.method == "POST":
        status = 422
        if form is None or form.is_valid():
            values = dict(form.cleaned_data) if form else {}
            try:
                if key:
                    return form_keys.create_once(request, key, lambda: make(values))
                after = make(values)
            except Refused as refusal:
                if form is None:
                    raise
                refusal.field = file_field if refusal.field == "file" else refusal.field
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, done)
                return redirect(after)
    context = {
        "agreement": found,
        "form": form,
        "title": title,
        "submit": submit,
        "effects": effects,
        "danger": False,
        "text": None,
        "hidden": [],
        **more,
    }
    return render(request, "consortium/agreement_step.html", context, status=status)


def _found(request, pk):
    return get_object_or_404(queries.with_page(queries.agreements_visible_to(request.user)), pk=pk)


def _seat(request, pk, party):
    """(the agreement, the party); 403 for whoever neither keeps nor signs."""
    found = _found(request, pk)
    seat = get_object_or_404(found.parties.select_related("organisation", "agreement"), pk=party)
    if not rules.can_keep(request.user) and not rules.can_sign_for(request.user, seat.organisation):
        raise Forbidden(
            _("You do not sign for %(unit)s.") % {"unit": seat.organisation.name},
            remedy=_("Its administrators do; for a university the graduate school does."),
        )
    if found.offered_id is None:
        raise Refused(
            _("This text is not on offer any more; nothing was signed."),
            remedy=_("Open the agreement and read the newest text."),
            url=found.get_absolute_url(),
            url_label=_("Open the agreement"),
            code="text",
        )
    return found, seat


def _status(form):
    return 422 if form.is_bound and form.errors else 200


def _file(rows, format, day):
    columns = [
        (_("Number"), lambda row: row.number),
        (_("Title of the agreement"), lambda row: row.title),
        (_("Kind"), lambda row: row.get_kind_display()),
        (_("Parties"), lambda row: "; ".join(party.organisation.name_zh for party in row.parties.all())),
        (_("First day"), lambda row: row.since),
        (_("Last day"), lambda row: row.last_day or ""),
        (_("Stage"), lambda row: row.get_state_display()),
        (_("Sample"), lambda row: _("sample") if row.is_sample else ""),
    ]
    return exports.export(rows.iterator(chunk_size=2000), columns, format, _("Agreements") + f"-{day}")
