"""Pages of one organisation: what is known of it on any day, registering it, changing its record."""

from django.contrib import messages
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock, form_keys
from consortium.access import permitted
from consortium.actions import organisation as organisation_actions
from consortium.enums import MEMBERSHIP_OPEN, MembershipState, NameKind
from consortium.forms.contact import FormerNameForm
from consortium.forms.organisation import OrganisationForm
from consortium.models import Organisation
from consortium.queries import organisation as queries
from consortium.queries.lookalike import lookalikes
from consortium.queries.membership import memberships_of
from consortium.queries.merge import kept_instead_of, merges_in_force
from consortium.queries.organisation_facts import contacts_on, facts_of, grouped, name_on, timeline
from consortium.refusals import Refused, Stale
from consortium.roles import Permission
from consortium.rules import organisation as rules
from consortium.rules.contact import can_keep as keeps_contacts
from consortium.rules.membership_application import may_apply_for
from consortium.rules.membership_term import reads_reason
from consortium.rules.people import can_keep_people

UNITS_SHOWN = 60


def member(request, pk):
    """One organisation on one day: facts with their sources, roles side by side, memberships, what others know of it."""
    organisation = queries.with_page(Organisation.objects.filter(pk=pk)).first()
    if organisation is None:
        return _moved(request, pk)
    today, office = clock.today(), queries.sees_register(request.user)
    day = min(queries.day_of(request.GET.get("as_of")), today)
    past = day < today
    facts = facts_of(organisation, request.user, day)
    held = [fact for fact in facts if fact.holds_on(day)]
    memberships = _memberships(organisation, request.user, office, day)
    roles = [row for row in organisation.roles.all() if _holds(row, day)]
    return render(
        request,
        "consortium/member.html",
        {
            "organisation": organisation,
            "name": name_on(organisation, day),
            "day": day,
            "past": past,
            "today": today,
            "now_url": request.path,
            "aliases": [row for row in organisation.aliases.all() if row.kind == NameKind.OTHER],
            "units": list(organisation.units.order_by("pk")[:UNITS_SHOWN]),
            "roles": roles,
            "roles_differ": len({role.role for role in roles}) > 1,
            "memberships": memberships,
            "membership_open": MEMBERSHIP_OPEN,
            "may_apply": not past and may_apply_for(request.user, organisation),
            "platforms": list(organisation.platforms.all()),
            "vehicles": list(organisation.vehicles.all()),
            "names": [fact for fact in held if fact.group == _("Names")],
            "groups": grouped(held, without=(_("Names"), _("Roles"), _("Memberships"))),
            "contacts": contacts_on(organisation, request.user, day),
            "keeps_people": not past and can_keep_people(request.user, organisation),
            "keeps_contacts": not past and keeps_contacts(request.user, organisation),
            "timeline": timeline(organisation, request.user, facts, day),
            "office": office,
            "merges": merges_in_force(organisation) if office and not past else [],
            "may_edit": not past and rules.can_edit(request.user, organisation),
            "waiting": next((row for row in memberships if row.may_confirm), None),
        },
    )


@permitted(Permission.RECORD_MEMBERSHIP)
def register_member(request):
    """Register an organisation."""
    form = OrganisationForm(request.POST or None, new=True)
    alike = lookalikes(**_typed(request, form)) if request.method == "POST" else []
    if request.method == "POST" and form.is_valid() and _told_apart(form, alike):
        fields, names = form.values()

        def make():
            return organisation_actions.register_organisation(by=request.user, aliases=names, **fields)

        try:
            return form_keys.create_once(request, "register organisation", make)
        except Refused as refusal:
            form.refuse(refusal)
    context = {"form": form, "organisation": None, "alike": alike, "theirs": None}
    return render(request, "consortium/member_form.html", context, status=_status(form))


@permitted(Permission.RECORD_MEMBERSHIP)
def member_alike(request):
    """Part of a page: organisations like the one being typed."""
    form = OrganisationForm(request.GET, new=True)
    return render(request, "consortium/member_alike.html", {"alike": lookalikes(**_typed(request, form))})


@permitted(Permission.RECORD_MEMBERSHIP)
def edit_member(request, pk):
    """Change what the register says of an organisation."""
    organisation = get_object_or_404(Organisation.objects.select_related("parent"), pk=pk)
    theirs = None
    if request.method == "POST":
        form = OrganisationForm(request.POST)
        if form.is_valid():
            fields, names = form.values()
            try:
                organisation_actions.edit_organisation(
                    organisation=organisation,
                    by=request.user,
                    aliases=names,
                    revision=form.cleaned_data["revision"] or None,
                    **fields,
                )
            except Stale as refusal:
                theirs = _side_by_side(form, refusal.theirs)
                form.refuse(refusal)
                form.data = form.data.copy()
                form.data["revision"] = organisation_actions.revision_of(refusal.theirs)
                context = {"form": form, "organisation": organisation, "theirs": theirs, "alike": []}
                return render(request, "consortium/member_form.html", context, status=409)
            except Refused as refusal:
                form.refuse(refusal)
            else:
                messages.success(
                    request, _("Saved what the register says of “%(name)s”.") % {"name": organisation.name}
                )
                return redirect(organisation)
    else:
        form = OrganisationForm(initial=_initial(organisation))
    context = {"form": form, "organisation": organisation, "theirs": None, "alike": []}
    return render(request, "consortium/member_form.html", context, status=_status(form))


@permitted(Permission.RECORD_MEMBERSHIP)
def former_name(request, pk):
    """Note a name that the organisation bore until a day."""
    organisation = get_object_or_404(Organisation, pk=pk)
    form = FormerNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return form_keys.create_once(
                request,
                "record former name",
                lambda: (
                    organisation_actions.record_former_name(
                        organisation=organisation, by=request.user, **form.cleaned_data
                    ).organisation
                ),
            )
        except Refused as refusal:
            form.refuse(refusal)
    context = {
        "form": form,
        "organisation": organisation,
        "title": _("Record a former name"),
        "submit": _("Record the former name"),
        "note": _("The search finds it, and the page shows it on the days on which it was the name."),
    }
    return render(request, "consortium/member_part.html", context, status=_status(form))


def _initial(organisation):
    values = {name: getattr(organisation, name) for name in organisation_actions.EDITABLE}
    return values | {
        "parent": organisation.parent.name_zh if organisation.parent else "",
        "other_names": "\n".join(queries.other_names(organisation)),
        "revision": organisation_actions.revision_of(organisation),
    }


def _side_by_side(form, theirs):
    """Fields in which what was typed differs from what stands now: [{"label", "yours", "theirs"}]."""
    now = _initial(theirs)
    rows = []
    for name, field in form.fields.items():
        yours, stands = form.data.get(name, "").replace("\r", ""), now.get(name) or ""
        if name not in ("revision", "renamed_on") and yours.strip() != str(stands).strip():
            rows.append({"label": field.label, "yours": yours, "theirs": stands})
    return rows


def _status(form):
    return 422 if form.is_bound and form.errors else 200


def _moved(request, pk):
    """The address of a record that was merged leads to the kept one for good, yet is asked anew: a merge can be undone."""
    kept = kept_instead_of(pk)
    if kept is None:
        raise Http404
    rest = f"?{request.GET.urlencode()}" if request.GET else ""
    answer = HttpResponsePermanentRedirect(kept.get_absolute_url() + rest)
    answer["Cache-Control"] = "no-cache"
    return answer


def _memberships(organisation, user, office, day):
    """Those the reader sees on that day; today those that have ended and those that wait are shown too."""
    today = clock.today()
    rows = [row for row in memberships_of(organisation) if office or row.confirmed_at]
    if day < today:
        rows = [row for row in rows if queries.holds(row, day)]
    for row in rows:
        row.may_confirm = day == today and rules.can_confirm(user, row)
        row.ends_soon = row.state == MembershipState.ACTIVE and clock.ends_soon(row.until, day)
        row.is_over = row.state == MembershipState.ACTIVE and row.until < day
        row.why = row.end_words if reads_reason(user, row) else ""
    return rows


def _holds(row, day):
    return (row.since is None or row.since <= day) and (row.until is None or row.until >= day)


def _typed(request, form):
    """What was typed of name, short name and code, as far as it can be compared."""
    words = {name: form[name].value() or "" for name in ("name_zh", "short_zh", "uscc")}
    return {name: str(word).replace("\x00", "")[:120] for name, word in words.items()}


def _told_apart(form, alike):
    """Whether nothing looks alike or the person has said that it is another; what is the same the action refuses."""
    alike = [row for row, why in alike if why != "name"]
    if not alike or form.cleaned_data["another"]:
        return True
    form.add_error(
        "another",
        ngettext(
            "%(n)d organisation on record looks like this one. Open it, or tick here that this is another.",
            "%(n)d organisations on record look like this one. Open them, or tick here that this is another.",
            len(alike),
        )
        % {"n": len(alike)},
    )
    return False
