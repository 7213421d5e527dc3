"""Pages of the rules of schemes: what they ask, what changes when, who agreed; entered and agreed by two persons."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from consortium import clock, form_keys, lists
from consortium.access import permitted, signed_in
from consortium.enums import Degree
from consortium.refusals import Refused
from consortium.roles import Permission
from mentors import schemes
from mentors.actions import scheme as actions
from mentors.enums import AppointmentKind, RuleState
from mentors.forms.scheme import LimitForm, MinimumForm
from mentors.models import SchemeLimit, SupervisionMinimum
from mentors.models.scheme import EVERYBODY, schemes_of
from mentors.queries import scheme as queries
from mentors.rules import scheme as rules
from mentors.rules.qualification import limit_text, scheme_lines
from mentors.rules.rhythm import Rhythms, month_of

MONTHS_AHEAD = 12


def scheme_name(degree, programme):
    """A scheme in words."""
    if not degree and not programme:
        return pgettext("scheme", "Every student")
    parts = [programme or pgettext("scheme", "Every programme")]
    parts.append(str(Degree(degree).label) if degree else pgettext("scheme", "Every degree"))
    return pgettext("between facts", ", ").join(parts)


# --- least numbers of supervision


@signed_in
def supervision_minimums(request):
    """What each scheme asks of both mentors, since when and by which source; what is to come; what was."""
    today = clock.today()
    held = Rhythms().on(month_of(today)[0])
    rows = list(queries.rules_of_supervision())
    for row in rows:
        row.text = _said(row)
        row.may_agree = rules.can_agree(request.user, row)
        row.may_withdraw = rules.can_withdraw(request.user, row, today)
    agreed = [row for row in rows if row.state == RuleState.AGREED]
    ruling = {(row.degree, row.programme): row for row in reversed(agreed) if row.since <= month_of(today)[0]}
    ahead = [row for row in rows if _waits(row, today)]
    before = [row for row in rows if row not in ahead and row not in ruling.values()]
    return render(
        request,
        "mentors/minimums.html",
        {
            "sets": _sets(held, ruling, queries.guided_by_scheme(today)),
            "ahead": list(reversed(ahead)),
            "page": lists.page_of(request, before),
            "may_keep": rules.can_keep(request.user, SupervisionMinimum),
        },
    )


def _said(row):
    """A set of least numbers in words."""
    return _(
        "%(scheme)s: academic %(academic)d and industry %(industry)d a month, joint %(joint)d a quarter"
    ) % {
        "scheme": scheme_name(row.degree, row.programme),
        "academic": row.academic,
        "industry": row.industry,
        "joint": row.joint,
    }


def _waits(row, today):
    return row.state == RuleState.PROPOSED or (row.state == RuleState.AGREED and row.since > today)


def _sets(held, ruling, guided):
    """The schemes in force, everybody's first, each with the students whom it is the one that counts for."""
    number = dict.fromkeys(held, 0)
    for (degree, programme), students in guided.items():
        number[next(key for key in schemes_of(degree, programme) if key in held)] += students
    return [
        {
            "name": scheme_name(*key),
            "least": held[key],
            "row": ruling.get(key),
            "students": number[key],
            "source": ruling[key].source if key in ruling else schemes.PROPOSAL,
        }
        for key in sorted(held, key=lambda key: (key[1], key[0]))
    ]


@permitted(Permission.OVERSEE_SUPERVISION)
def supervision_minimum_new(request):
    """Enter the least numbers of a scheme; they hold once a second person has agreed."""
    held = Rhythms().on(month_of(clock.today())[0])
    least = held[EVERYBODY]
    form = MinimumForm(
        request.POST if request.method == "POST" else None,
        programmes=queries.programmes(),
        months=_coming_months(),
        initial={"academic": least.academic, "industry": least.industry, "joint": least.joint},
    )
    return _entered(
        request,
        form,
        "enter a supervision minimum",
        lambda values: actions.enter_minimum(by=request.user, **values),
        "mentors/minimum_form.html",
        {},
    )


def _coming_months():
    first, found = clock.today(), []
    for _number in range(MONTHS_AHEAD):
        first = month_of(first)[1] + timedelta(days=1)
        found.append(first)
    return found


def _entered(request, form, purpose, enter, template, context):
    """The form of a rule, as typed while anything is wrong."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                answer = form_keys.create_once(request, purpose, lambda: enter(form.cleaned_data))
                messages.success(request, _("Entered. It holds from its day on once a second person agrees."))
                return answer
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
    return render(request, template, {"form": form} | context, status=status)


@require_POST
@permitted(Permission.OVERSEE_SUPERVISION)
def supervision_minimum_agree(request, pk):
    """The second person's press."""
    return _agreed(request, get_object_or_404(queries.rules_of_supervision(), pk=pk))


@require_POST
@permitted(Permission.OVERSEE_SUPERVISION)
def supervision_minimum_withdraw(request, pk):
    """Taken back before it holds."""
    return _withdrawn(request, get_object_or_404(queries.rules_of_supervision(), pk=pk))


def _agreed(request, row):
    actions.agree(row=row, by=request.user)
    messages.success(request, _("Agreed. It holds from its day on."))
    return redirect(row)


def _withdrawn(request, row):
    actions.withdraw(row=row, by=request.user)
    messages.success(request, _("Withdrawn. What held before holds on."))
    return redirect(row)


# --- limits of appointments


@signed_in
def mentor_schemes(request):
    """What each kind of mentor must fulfil, with the source of every rule and the changes to come."""
    ahead = queries.limits_ahead(clock.today())
    kinds = []
    for kind in AppointmentKind:
        lines = scheme_lines(kind)
        for line in lines:
            line["ahead"] = [_with_text(row) for row in ahead.get((kind, line["code"]), ())]
        kinds.append((kind, lines))
    context = {"kinds": kinds, "may_keep": rules.can_keep(request.user, SchemeLimit)}
    return render(request, "mentors/schemes.html", context)


@signed_in
def scheme_limit(request, kind, rule):
    """One rule's limit: what holds, what is to come, what was; the office enters another one here."""
    asked = schemes.rule_of(kind, rule) if kind in AppointmentKind else None
    if asked is None or not asked.has_limit:
        raise Http404
    today = clock.today()
    line = next(one for one in scheme_lines(kind) if one["code"] == rule)
    may_keep = rules.can_keep(request.user, SchemeLimit)
    if request.method == "POST":
        actions.must_keep(request.user, SchemeLimit)
    form = LimitForm(request.POST if request.method == "POST" else None, rule=asked, initial=line["values"])
    rows = [_with_text(row) for row in queries.limits_of(kind, rule)]
    for row in rows:
        row.may_agree = rules.can_agree(request.user, row)
        row.may_withdraw = rules.can_withdraw(request.user, row, today)
    return _entered(
        request,
        form,
        "enter a scheme limit",
        lambda values: actions.enter_limit(by=request.user, kind=kind, rule=rule, **values),
        "mentors/scheme_limit.html",
        {
            "kind": AppointmentKind(kind),
            "line": line,
            "rows": rows,
            "may_keep": may_keep,
        },
    )


def _with_text(row):
    row.text = limit_text(row)
    return row


@require_POST
@permitted(Permission.APPROVE_MENTOR)
def scheme_limit_agree(request, pk):
    """The second person's press."""
    return _agreed(request, get_object_or_404(queries.rules_of_appointment(), pk=pk))


@require_POST
@permitted(Permission.APPROVE_MENTOR)
def scheme_limit_withdraw(request, pk):
    """Taken back before it holds."""
    return _withdrawn(request, get_object_or_404(queries.rules_of_appointment(), pk=pk))
