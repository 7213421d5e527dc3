"""From the vote to the notice: each act a page of its own that says what follows, then does it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from consortium import clock, files, policy
from consortium.access import permitted
from consortium.actions import membership_application as applications
from consortium.actions import membership_decision as actions
from consortium.enums import MembershipApplicationKind
from consortium.enums import MembershipApplicationState as S
from consortium.forms.membership_application import NoticeForm, ReasonForm, ResolutionForm, VoteForm
from consortium.queries import membership_application as queries
from consortium.reach import names
from consortium.roles import Permission
from consortium.rules.membership_application import may_confirm_resolution
from consortium.rules.organisation import quorum
from consortium.templatetags.portal import day_text
from consortium.views.step import step
from consortium.working_calendar import after_working_days


@permitted(Permission.RECORD_MEMBERSHIP)
def vote(request, pk):
    """Put a checked application to the vote."""
    application = _waiting(request, pk)
    form = VoteForm(request.POST or None)
    recused = list(queries.must_recuse(application))
    effects = [
        _("“%(council)s” votes on the admission; the unit is told the day.")
        % {"council": application.council.name},
        ngettext(
            "%(n)d director holds a post with the applicant and is recused: %(names)s.",
            "%(n)d directors hold a post with the applicant and are recused: %(names)s.",
            len(recused),
        )
        % {"n": len(recused), "names": names(recused)}
        if recused
        else _("No director holds a post with the applicant; nobody has to be recused."),
    ]

    def act(values):
        actions.put_to_vote(application=application, by=request.user, **values)
        return _("The application is put to the vote.")

    return _act_page(
        request,
        application,
        form,
        act,
        title=_("Put to the vote"),
        effects=effects,
        submit=_("Put it to the vote"),
    )


@permitted(Permission.RECORD_MEMBERSHIP)
def resolution(request, pk):
    """Type what the minutes say of the vote."""
    application = _waiting(request, pk)
    form = ResolutionForm(
        request.POST or None,
        request.FILES or None,
        initial={
            "rank": application.rank,
            "abstentions": 0,
            "passed_on": min(application.vote_day or clock.today(), clock.today()),
        },
    )
    if application.kind == MembershipApplicationKind.RENEWAL:
        form.fields["since"].disabled = True
    effects = [
        _(
            "Another person of the secretariat compares what you type with the minutes before anything follows."
        ),
        _(
            "A vote without quorum or majority cannot be recorded; record that the unit was not admitted instead."
        ),
    ]

    def act(values):
        upload = values.pop("minutes")
        minutes = files.store_upload(upload, by=request.user) if upload else None
        actions.record_resolution(application=application, by=request.user, minutes=minutes, **values)
        return _("Recorded. A second person confirms it.")

    return _act_page(
        request,
        application,
        form,
        act,
        title=_("Record the resolution"),
        effects=effects,
        submit=_("Record the resolution"),
        grid=True,
    )


@permitted(Permission.RECORD_MEMBERSHIP)
def confirm(request, pk):
    """The second person's page: the figures beside the minutes, and one press."""
    application = _waiting(request, pk)
    if request.method == "POST":
        actions.confirm_resolution(application=application, by=request.user)
        messages.success(request, _("The resolution is confirmed."))
        return redirect(application)
    if application.state != S.DECIDED:
        return redirect(application)
    return render(
        request,
        "consortium/membership/confirm.html",
        {
            "application": application,
            "resolution": application.resolution,
            "needed": quorum(application.resolution.entitled),
            "mine": not may_confirm_resolution(request.user, application),
        },
    )


@require_POST
@permitted(Permission.RECORD_MEMBERSHIP)
def take_back(request, pk):
    """Take back what was typed wrongly."""
    application = _waiting(request, pk)
    actions.take_resolution_back(application=application, by=request.user)
    messages.success(request, _("Taken back. Record the resolution anew."))
    return redirect("membership_resolution", pk)


@permitted(Permission.RECORD_MEMBERSHIP)
def reject(request, pk):
    """Record that the council did not admit the unit."""
    application = _waiting(request, pk)
    form = ReasonForm(request.POST or None)
    effects = [_("The unit reads what you write and can apply again."), _("It cannot be undone.")]

    def act(values):
        actions.reject_application(application=application, by=request.user, **values)
        return _("Recorded: not admitted. The unit was told.")

    return _act_page(
        request,
        application,
        form,
        act,
        title=pgettext("membership application", "Not admitted"),
        effects=effects,
        submit=_("Record that the unit was not admitted"),
        danger=True,
    )


@permitted(Permission.RECORD_MEMBERSHIP)
def turn_away(request, pk):
    """Turn an application away before the council is asked."""
    application = _waiting(request, pk)
    form = ReasonForm(request.POST or None)
    effects = [
        _("The council is not asked. The applicant reads what you write and can apply again."),
        _("What only has to be mended is returned instead, with a sentence for each item."),
        _("It cannot be undone."),
    ]

    def act(values):
        applications.turn_away_application(application=application, by=request.user, **values)
        return _("Turned away. The applicant was told.")

    return _act_page(
        request,
        application,
        form,
        act,
        title=_("Turn the application away"),
        effects=effects,
        submit=_("Turn the application away"),
        danger=True,
    )


@permitted(Permission.RECORD_MEMBERSHIP)
def notice(request, pk):
    """Begin the public notice, its words ready to be mended."""
    application = _waiting(request, pk)
    form = NoticeForm(request.POST or None, initial=_words_of(application))
    days = policy.value("membership_notice_days")
    ends = after_working_days(clock.now(), days)
    effects = [
        _("Everybody reads the notice until %(day)s and can object.") % {"day": day_text(ends)},
        _(
            "When it is over and every objection is answered, the membership begins by itself, with its certificate."
        ),
        _("It cannot be taken back; an objection that holds brings it to the council again."),
    ]

    def act(values):
        actions.start_notice(application=application, by=request.user, **values)
        return _("The notice has begun.")

    return _act_page(
        request,
        application,
        form,
        act,
        title=_("Begin the public notice"),
        effects=effects,
        submit=_("Begin the notice"),
    )


def _words_of(application):
    """The notice's words, ready to be mended: in Chinese, whatever language the officer works in."""
    with translation.override("zh-hans"):
        return _ready_words(application) if application.resolution else {}


def _ready_words(application):
    unit, council = application.organisation.name_zh, application.council.name_zh
    values = {
        "unit": unit,
        "council": council,
        "rank": application.get_rank_display(),
        "number": application.resolution.number,
        "day": day_text(application.resolution.passed_on),
    }
    return {
        "title": _("Notice: %(unit)s in %(council)s") % values,
        "text": _(
            "By resolution %(number)s of %(day)s, %(council)s admits %(unit)s as %(rank)s. Whoever objects can do so on this page while the notice runs; every objection is answered in words before the membership begins."
        )
        % values,
    }


def _waiting(request, pk):
    return get_object_or_404(queries.applications_visible_to(request.user), pk=pk)


def _act_page(request, application, form, act, **shown):
    """The page of an act on an application, and the application again when it is done."""
    return step(
        request,
        form,
        act,
        template="consortium/membership/act.html",
        to=application,
        application=application,
        back_url=application.get_absolute_url(),
        **shown,
    )
