"""The applicant's pages: one form for people with an account and for those who came by a link, and the page of an application."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from consortium import clock, files, form_keys, lists, policy, throttle
from consortium.access import permitted, signed_in
from consortium.acting import organisation_of
from consortium.actions import membership_application as actions
from consortium.actions.account import hash_token
from consortium.actions.organisation import checked_uscc
from consortium.enums import MembershipApplicationKind, MembershipDocumentKind, OrganisationKind
from consortium.enums import MembershipApplicationState as S
from consortium.forms.membership_application import ApplicationForm, LinkForm, ReasonForm
from consortium.models import Organisation
from consortium.queries import membership_application as queries
from consortium.queries.membership import memberships_visible_to
from consortium.queries.organisation import main_council
from consortium.reach import may, reach
from consortium.refusals import Invalid, Refused, Stale
from consortium.roles import Permission
from consortium.rules import membership_application as rules
from consortium.views.membership_page import application_page, lines_of
from consortium.views.membership_term import page as membership_page
from consortium.views.step import step

KINDS = (
    (
        MembershipApplicationKind.ADMISSION,
        MembershipApplicationKind.ADMISSION.label,
        gettext_lazy("for a unit that is not a member"),
    ),
    (
        MembershipApplicationKind.RENEWAL,
        MembershipApplicationKind.RENEWAL.label,
        gettext_lazy("for another term after the present one"),
    ),
    (
        MembershipApplicationKind.RANK_CHANGE,
        MembershipApplicationKind.RANK_CHANGE.label,
        gettext_lazy("the term stays as it is"),
    ),
)


@dataclass(frozen=True)
class Door:
    """How this reader came to the application: by an account or by a link; the form is the same."""

    application: object
    by: object
    url: str
    withdraw_url: str
    token: str = ""

    @property
    def layout(self):
        """A link shows no navigation: only what it is for."""
        return "layouts/plain.html" if self.token else None

    def file_url(self, document):
        """Where this reader reads one paper."""
        if self.token:
            return reverse("join_file", args=[self.token, document.pk])
        return reverse("file", args=[document.file_id])


# --- the open door


def ask_for_link(request):
    """Say who wants to join; the link to the form goes to the address."""
    council = main_council()
    form = LinkForm(request.POST or None, initial={"council": council.pk if council else None})

    def send(values):
        throttle.refuse_too_many(request, "join", values["email"].lower())
        actions.ask_for_link(**values)
        return render(request, "consortium/membership/link_sent.html", {"email": values["email"]})

    return step(
        request,
        form,
        send,
        template="consortium/membership/ask.html",
        to="join_ask",
        may_apply=may(request.user, Permission.APPLY_MEMBERSHIP),
        check_days=policy.value("membership_check_days"),
        notice_days=policy.value("membership_notice_days"),
    )


@require_POST
def check_code(request):
    """Whether a credit code checks, while it is typed. Changes nothing."""
    typed = request.POST.get("uscc", "")[:40]
    fault = ""
    if len("".join(typed.split())) >= 18:
        try:
            checked_uscc(typed)
        except Invalid as refusal:
            fault = str(refusal)
    elif typed.strip():
        return HttpResponse("")
    context = {"typed": typed.strip(), "fault": fault}
    return render(request, "consortium/membership/_code.html", context)


@never_cache
def join(request, token):
    """What a link opens: the form while it can be written, else where the application stands."""
    door = _door_of(token)
    if door.application.state not in rules.EDITABLE:
        return application_page(request, door.application, door=door)
    return _write(request, door)


@never_cache
def join_withdraw(request, token):
    """Take the application back, by its link."""
    return _withdraw(request, _door_of(token))


@never_cache
@require_GET
def join_file(request, token, pk):
    """One paper of the application that the link opens."""
    stored = _door_of(token).application.documents.filter(pk=pk).select_related("file").first()
    if stored is None:
        raise Http404
    response = HttpResponse(files.read(stored.file), content_type=stored.file.media_type)
    response["Content-Disposition"] = content_disposition_header(True, stored.file.name)
    return response


def _door_of(token):
    application = queries.application_behind(hash_token(token), clock.now())
    if application is None:
        raise Http404
    by = actions.Applicant(application_id=application.pk)
    return Door(application, by, reverse("join", args=[token]), reverse("join_withdraw", args=[token]), token)


# --- people with an account


@permitted(Permission.APPLY_MEMBERSHIP)
def apply(request):
    """Begin an application of the own unit, or go on with the one that is under way."""
    units = list(
        Organisation.objects.filter(
            pk__in=reach(request.user, Permission.APPLY_MEMBERSHIP).organisations
        ).order_by("pk")
    )
    councils = list(queries.councils())
    if request.method == "POST":
        unit = next((row for row in units if str(row.pk) == request.POST.get("organisation")), None)
        council = next((row for row in councils if str(row.pk) == request.POST.get("council")), None)
        kind = request.POST.get("kind", MembershipApplicationKind.ADMISSION)
        if unit is None or council is None or kind not in MembershipApplicationKind.values:
            raise Http404
        return form_keys.create_once(
            request,
            "membership application",
            lambda: _edit_url(
                actions.start_application(by=request.user, organisation=unit, council=council, kind=kind)
            ),
        )
    visible = queries.applications_visible_to(request.user)
    own = list(visible.filter(organisation__in=units).order_by("-pk"))
    council = _council_on(request, units, councils)
    return render(
        request,
        "consortium/membership/apply.html",
        {
            "units": units,
            "unit_on": organisation_of(request.user),
            "councils": councils,
            "own": own,
            "council_on": council.pk if council else None,
            "kinds": KINDS,
            "kind_on": lists.chosen(request, "kind", MembershipApplicationKind.values) or "admission",
        },
    )


def _council_on(request, units, councils):
    """The council asked for by the address, else the one in which a unit is a member, else the consortium's own."""
    asked = next((row for row in councils if str(row.pk) == request.GET.get("council")), None)
    if asked:
        return asked
    held = (
        memberships_visible_to(request.user).filter(organisation__in=units).order_by("-since", "-pk").first()
    )
    return held.council if held else main_council()


@signed_in
def page(request, pk):
    """Where an application stands."""
    application = _visible(request, pk)
    if application.membership_id:
        # Messages keep this address; the membership has taken the application's place on it.
        return membership_page(request, application.membership_id)
    return application_page(request, application, door=_own_door(request, application))


@signed_in
def edit(request, pk):
    """The form, for the unit's own people, while it can be written."""
    application = _visible(request, pk)
    if not rules.may_write(request.user, application):
        raise Http404
    if application.state not in rules.EDITABLE:
        if request.method == "POST" and request.POST.get("do") == "submit":
            _say_pressed_twice(request)
        return redirect(application)
    return _write(request, _own_door(request, application))


@signed_in
def withdraw(request, pk):
    """Take the own application back."""
    application = _visible(request, pk)
    if not rules.may_write(request.user, application):
        raise Http404
    return _withdraw(request, _own_door(request, application))


def _visible(request, pk):
    return get_object_or_404(queries.applications_visible_to(request.user), pk=pk)


def _own_door(request, application):
    return Door(
        application,
        request.user,
        application.get_absolute_url(),
        reverse("membership_application_withdraw", args=[application.pk]),
    )


def _edit_url(application):
    return reverse("membership_application_edit", args=[application.pk])


# --- the one form


def _write(request, door):
    """Save, save by itself, or hand in; whatever goes wrong, the form comes back as it was typed, with its papers."""
    application = door.application
    if request.method != "POST":
        return _form_page(request, door, ApplicationForm(initial=_initial(application), complete=False))
    doing = request.POST.get("do")
    held = set(application.documents.values_list("kind", flat=True))
    uploads = {} if doing == "autosave" else request.FILES
    form = ApplicationForm(request.POST, uploads, complete=doing == "submit", held=held)
    valid = form.is_valid()
    if doing == "autosave":
        return _autosave(request, door, form)
    try:
        _keep_papers(request, door, form)
        if valid:
            actions.save_application(
                application=application, by=door.by, version=_version(request, application), **form.values()
            )
            if doing == "submit":
                actions.submit_application(application=application, by=door.by)
    except Stale as stale:
        return _form_page(request, door, form, stale=stale)
    except Refused as refusal:
        form.refuse(refusal)
        return _form_page(request, door, form, status=refusal.status)
    if not valid or form.errors:
        return _form_page(request, door, form, status=422)
    if doing == "submit":
        messages.success(request, _("Handed in as %(number)s.") % {"number": application.number})
        return redirect(door.url)
    messages.success(request, _("The draft is saved."))
    return redirect(door.url if door.token else _edit_url(application))


def _keep_papers(request, door, form):
    """Papers are kept even when a word elsewhere has to be mended; a refused one is said at its field."""
    account = door.by if door.by.pk else None
    for kind, upload in form.uploads():
        try:
            file = files.store_upload(upload, by=account)
        except Invalid as refusal:
            refusal.field = kind
            form.refuse(refusal)
        else:
            actions.add_document(application=door.application, by=door.by, kind=kind, file=file)


def _autosave(request, door, form):
    """Keep what can be kept; say when. Nothing is refused while somebody is still typing."""
    values = {name: value for name, value in form.values().items() if name in form.cleaned_data}
    try:
        saved = actions.save_application(
            application=door.application, by=door.by, version=_version(request, door.application), **values
        )
    except Refused as refusal:
        return render(request, "consortium/membership/_saved.html", {"refusal": refusal})
    context = {"refusal": None, "at": clock.now(), "version": saved.version}
    return render(request, "consortium/membership/_saved.html", context)


def _version(request, application):
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdigit() and len(typed) < 10 else application.version


def _form_page(request, door, form, *, stale=None, status=200):
    application = door.application
    papers = {row.kind: row for row in application.documents.select_related("file")}
    for row in papers.values():
        row.url = door.file_url(row)
    theirs = stale.theirs if stale else None
    context = {
        "layout": door.layout,
        "door": door,
        "application": application,
        "form": form,
        "unit_fields": [form[name] for name in form.UNIT if name != "uscc"],
        "contact_fields": [form[name] for name in form.CONTACT],
        "wish_fields": [form[name] for name in form.WISHES],
        "papers": [(form[kind], papers.get(kind)) for kind in MembershipDocumentKind.values],
        "version": theirs.version if theirs else application.version,
        "differences": _differences(form, theirs) if theirs else [],
        "stale": stale,
        "returned": _returned(application),
        "check_days": policy.value("membership_check_days"),
    }
    return render(
        request, "consortium/membership/form.html", context, status=409 if stale and status == 200 else status
    )


def _initial(application):
    return {name: getattr(application, name) for name in actions.FIELDS if name != "council"}


def _returned(application):
    """The secretariat's sentences, item by item, while the application is with the applicant."""
    if application.state != S.RETURNED:
        return []
    return [line for line in lines_of(application) if line["note"]]


def _differences(form, theirs):
    """What was typed here beside what stands now, for fields that differ."""
    rows = []
    for name, value in form.values().items():
        stands = getattr(theirs, name)
        if value != stands:
            rows.append(
                {"label": form[name].label, "yours": _word(name, value), "theirs": _word(name, stands)}
            )
    return rows


def _word(name, value):
    if name == "unit_kind" and value:
        return OrganisationKind(value).label
    return getattr(value, "name", value) or ""


def _withdraw(request, door):
    application = door.application
    form = ReasonForm(request.POST or None)
    form.fields["reason"].required = application.submitted_at is not None

    def take_back(values):
        actions.withdraw_application(application=application, by=door.by, reason=values["reason"])
        return _("The application is withdrawn.")

    return step(
        request,
        form,
        take_back,
        template="consortium/membership/withdraw.html",
        # With a draft its link ends, and there is no page left to go back to.
        to="join_ask" if door.token and application.submitted_at is None else door.url,
        application=application,
        layout=door.layout,
        door=door,
    )


def _say_pressed_twice(request):
    messages.info(
        request, _("This was already submitted; nothing was recorded twice. Below is the first result.")
    )
