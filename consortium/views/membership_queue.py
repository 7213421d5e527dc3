"""The secretariat's queue: applications by what they wait for, and inviting a unit to apply."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium import clock, form_keys, lists
from consortium.access import permitted, signed_in
from consortium.actions import membership_application as actions
from consortium.enums import MEMBERSHIP_APPLICATION_ENDED
from consortium.enums import MembershipApplicationState as S
from consortium.forms.membership_application import LinkForm
from consortium.queries import membership_application as queries
from consortium.queries.organisation import main_council
from consortium.reach import may
from consortium.refusals import Forbidden
from consortium.roles import Permission
from consortium.rules import membership_application as rules
from consortium.views.step import step


@signed_in
def queue(request):
    """Applications by what they wait for; those the reader must act on first."""
    if not rules.sees_queue(request.user):
        raise Forbidden(
            _("Your role does not include this."),
            remedy=_("If you need it, ask the secretariat to change your role."),
        )
    visible = queries.applications_visible_to(request.user)
    tabs = _tabs(request.user, visible)
    first = tabs[0][0]
    tab = lists.chosen(request, "tab", {name for name, _label, _rows in tabs}) or first
    rows = next(rows for name, _label, rows in tabs if name == tab)
    words = lists.words_of(request)
    for word in words.split()[:5]:
        rows = rows.filter(Q(unit_name__icontains=word) | Q(number__icontains=word) | Q(uscc=word.upper()))
    page = lists.page_of(request, rows.order_by("check_due", "-pk"))
    now = clock.now()
    for row in page.object_list:
        row.turn = rules.is_users_turn(request.user, row)
        row.whose = rules.whose_turn(row)
        row.days = (now - row.submitted_at).days if row.submitted_at else None
        row.late = bool(row.state == S.SUBMITTED and row.check_due and row.check_due < now)
    return render(
        request,
        "consortium/membership/queue.html",
        {
            "page": page,
            "tab": tab,
            "first": first,
            "q": words,
            "tabs": [
                {
                    "label": label,
                    "url": lists.address(request, tab=None if name == first else name),
                    "count": of.count(),
                    "on": name == tab,
                    "turn": name == "turn",
                }
                for name, label, of in tabs
            ],
            "may_invite": rules.may_decide(request.user),
        },
    )


def _tabs(user, visible):
    tabs = [
        ("check", _("To check"), visible.filter(state=S.SUBMITTED)),
        ("returned", _("With the applicant"), visible.filter(state=S.RETURNED)),
        ("vote", _("Ready for the vote"), visible.filter(state=S.CHECKED)),
        ("voting", _("Under vote"), visible.filter(state__in=(S.UNDER_VOTE, S.DECIDED))),
        ("notice", _("Notice"), visible.filter(state__in=(S.APPROVED, S.PUBLIC_NOTICE))),
        ("done", _("Done"), visible.filter(state__in=(S.IN_FORCE, *MEMBERSHIP_APPLICATION_ENDED))),
        ("all", _("All"), visible),
    ]
    if may(user, Permission.CHECK_MEMBERSHIP):
        tabs.insert(0, ("turn", _("For you to do"), queries.waiting_for(user)))
    return tabs


@permitted(Permission.RECORD_MEMBERSHIP)
def invite(request):
    """Invite a unit: its contact gets a link to the form by mail. Below: who was invited and has not handed in."""
    council = main_council()
    form = LinkForm(request.POST or None, initial={"council": council.pk if council else None})
    form.fields["contact_name"].required = False

    def act(values):
        def make():
            actions.invite_to_apply(by=request.user, **values)
            messages.success(request, _("The invitation to apply was sent."))
            return reverse("membership_invite")

        return form_keys.create_once(request, "membership invitation", make)

    invited = queries.invitations_visible_to(request.user).order_by("-pk")
    return step(
        request,
        form,
        act,
        template="consortium/membership/invite.html",
        to="membership_invite",
        page=lists.page_of(request, invited),
    )


@require_POST
@permitted(Permission.RECORD_MEMBERSHIP)
def take_invitation_back(request, pk):
    """Take back an invitation that was not answered."""
    invitation = get_object_or_404(queries.invitations_visible_to(request.user), pk=pk)
    actions.take_invitation_back(application=invitation, by=request.user)
    messages.success(request, _("The invitation is taken back; its link no longer works."))
    return redirect("membership_invite")


@require_POST
@permitted(Permission.RECORD_MEMBERSHIP)
def send_link(request, pk):
    """Send the link again: to a unit that was invited, or to an applicant who lost it."""
    invitation = queries.invitations_visible_to(request.user).filter(pk=pk).first()
    application = invitation or get_object_or_404(queries.applications_visible_to(request.user), pk=pk)
    actions.send_link_again(application=application, by=request.user)
    messages.success(request, _("A new link was sent; the one before no longer works."))
    return redirect("membership_invite") if invitation else redirect(application)
