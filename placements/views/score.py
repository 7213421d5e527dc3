"""Owners and their applicants after closing: my projects, one project's applicants, whom they got."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from consortium.access import permitted
from consortium.acting import listing
from consortium.clock import now
from consortium.refusals import Refused
from consortium.roles import Permission
from placements.actions import score as actions
from placements.forms.score import RefuseForm, ScoreForm
from placements.queries import owner
from placements.queries import score as queries
from placements.rules import score as rules


@permitted(Permission.RANK_APPLICANTS)
def scores(request):
    """My projects in closed rounds, with how many applicants are judged, and until when."""
    moment = now()
    rows = queries.with_progress(
        queries.rows_to_score(listing(request.user, Permission.RANK_APPLICANTS))[:60]
    )
    groups = {}
    for row in rows:
        row.open = rules.is_open(row.round, moment)
        groups.setdefault(row.round, []).append(row)
    return render(request, "placements/scores.html", {"groups": list(groups.items()), "final": queries.FINAL})


def _find(request, pk):
    """The project's entry in its round, for those who judge it; lists must be locked."""
    rows = queries.entries_to_score(request.user).select_related(
        "project__academic_mentor",
        "project__industry_mentor",
        "scores_done_by",
    )
    row = get_object_or_404(rows, pk=pk)
    rules.ask_closed(row.round)
    return row


@permitted(Permission.RANK_APPLICANTS)
def scores_for(request, pk):
    """The applicants of one project: by number or by order."""
    return _page(request, _find(request, pk))


def _page(request, row, *, wrong=None, form=None, moved=None, status=200):
    applicants = queries.applicants(row)
    ordered = queries.in_order(applicants)
    is_open = rules.is_open(row.round, now())
    by_order = request.GET.get("view") == "order"
    total, judged = len(applicants), sum(one.judged for one in applicants)
    for one in applicants:
        one.form = form if wrong == one.pk else None
    context = {
        "row": row,
        "project": row.project,
        "round": row.round,
        "applicants": applicants,
        "ordered": [_ranked(one) for one in ordered],
        "rest": [one for one in applicants if not one.judged],
        "refused": [one for one in applicants if one.refused],
        "by_order": by_order,
        "open": is_open,
        "shut": not is_open,
        "total": total,
        "judged": judged,
        "blank": total - judged,
        "required": row.project.skills_required.count(),
        "moved": moved if moved is not None else _moved(request),
        "tabs": [
            {
                "label": _("By number"),
                "url": reverse("scores_for", args=[row.pk]),
                "on": not by_order,
                "count": None,
            },
            {"label": _("By order"), "url": "?view=order", "on": by_order, "count": None},
        ],
        "same": len(ordered) != len({one.points for one in ordered}),
    }
    return render(request, "placements/score_for.html", context, status=status)


def _moved(request):
    typed = request.GET.get("moved", "")
    return int(typed) if typed.isdigit() and len(typed) < 10 else None


def _ranked(one):
    # No score here: a row moved by script would show the one it had before.
    student = one.student
    facts = [student.programme, student.get_degree_display()]
    if one.has or one.lacks:
        facts.append(
            _("has %(n)s of %(all)s skills asked for")
            % {"n": len(one.has), "all": len(one.has) + len(one.lacks)}
        )
    return {
        "id": one.pk,
        "title": student.user.get_full_name(),
        "detail": pgettext("between facts", ", ").join(facts),
    }


def _student(row, typed):
    if not (typed or "").isdigit() or len(typed) > 9:
        raise Http404
    return get_object_or_404(row.round.round_students, pk=typed)


def _back(row, student=None, *, order=False):
    address = reverse("scores_for", args=[row.pk])
    if order:
        return redirect(f"{address}?view=order" + (f"&moved={student}#row-{student}" if student else ""))
    return redirect(f"{address}#applicant-{student}" if student else address)


@require_POST
@permitted(Permission.RANK_APPLICANTS)
def save(request, pk, student):
    """One score, saved at once."""
    row = _find(request, pk)
    whom = _student(row, str(student))
    typed = request.POST.get("score", "").strip()
    if not typed:
        actions.clear_score(round_project=row, round_student=whom, by=request.user)
        return _saved(request, row, whom, _("Left blank: the default tier."))
    form = ScoreForm(request.POST)
    if not form.is_valid():
        return _page(request, row, wrong=whom.pk, form=form, status=422)
    actions.save_score(
        round_project=row, round_student=whom, by=request.user, score=form.cleaned_data["score"]
    )
    return _saved(request, row, whom, _("Score %(score)d is saved.") % {"score": form.cleaned_data["score"]})


def _saved(request, row, whom, sentence):
    messages.success(request, sentence)
    return _back(row, whom.pk)


@require_POST
@permitted(Permission.RANK_APPLICANTS)
def clear(request, pk, student):
    """The judgement is taken back."""
    row = _find(request, pk)
    whom = _student(row, str(student))
    actions.clear_score(round_project=row, round_student=whom, by=request.user)
    return _saved(request, row, whom, _("Taken back: the default tier."))


@permitted(Permission.RANK_APPLICANTS)
def refuse(request, pk, student):
    """Not acceptable, with a reason, on a page of its own."""
    row = _find(request, pk)
    whom = _student(row, str(student))
    one = next((one for one in queries.applicants(row) if one.pk == whom.pk), None)
    if one is None:
        raise Http404
    rules.ask_open(row.round)
    form = RefuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.save_score(
            round_project=row,
            round_student=whom,
            by=request.user,
            unacceptable=True,
            reason=form.cleaned_data["reason"],
        )
        return _saved(request, row, whom, _("Not accepted; the reason is kept."))
    status = 422 if form.is_bound else 200
    return render(
        request,
        "placements/score_refuse.html",
        {"row": row, "one": one, "form": form},
        status=status,
    )


@require_POST
@permitted(Permission.RANK_APPLICANTS)
def move(request, pk):
    """One applicant to a place of the order (from 1); a place beyond the end puts it last, none takes
    it out.
    """
    row = _find(request, pk)
    whom = _student(row, request.POST.get("row"))
    order = [one.pk for one in queries.in_order(queries.applicants(row))]
    to = request.POST.get("to", "")
    if whom.pk in order:
        order.remove(whom.pk)
    if to.isdigit() and len(to) < 5:
        order.insert(max(int(to) - 1, 0), whom.pk)
    actions.rank_applicants(round_project=row, by=request.user, order=order)
    return _back(row, whom.pk if whom.pk in order else None, order=True)


@require_POST
@permitted(Permission.RANK_APPLICANTS)
def finish(request, pk):
    """Nothing more will come."""
    row = _find(request, pk)
    actions.finish_scoring(round_project=row, by=request.user)
    blank = sum(not one.judged for one in queries.applicants(row))
    sentence = _("Handed in. You can still change scores until scoring ends.")
    if blank:
        sentence += " " + ngettext(
            "%(n)d applicant without a score is in the default tier.",
            "%(n)d applicants without a score are in the default tier.",
            blank,
        ) % {"n": blank}
    messages.success(request, sentence)
    return redirect("scores")


@permitted(Permission.EDIT_PROJECT)
def admitted(request, pk):
    """Whom the project got, once the result is final: names and what they wrote for this project."""
    project = get_object_or_404(
        owner.projects_of(request.user).select_related("organisation", "academic_mentor", "industry_mentor"),
        pk=pk,
    )
    if not queries.is_final(project):
        raise Refused(
            _("The result is not final yet, so nobody can be shown."),
            remedy=_("You will get a message when it is."),
            url=reverse("my_projects"),
            url_label=_("My projects"),
            code="not_final",
        )
    return render(
        request,
        "placements/score_admitted.html",
        {"project": project, "rows": queries.admitted(project)},
    )
