"""One's own page: what one may change, what others keep and whom to ask."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override

from consortium import second_factor
from consortium.access import signed_in
from consortium.acting import acting_as
from consortium.actions import account as accounts
from consortium.actions import profile as actions
from consortium.forms.profile import AccountForm, StudentForm
from consortium.reach import active_grants
from consortium.refusals import Refused
from consortium.registry import registry
from consortium.roles import ROLES

YEAR = 365 * 24 * 3600


@signed_in
def me(request):
    """Skills, goal and freshness of a student; language, appearance and mail of anybody; the rest to read."""
    student = getattr(request.user, "student", None)
    part = request.POST.get("part") if request.method == "POST" else None
    profile = (
        StudentForm(request.POST if part == "student" else None, initial=_student(student))
        if student
        else None
    )
    account = AccountForm(request.POST if part == "account" else None, initial=_account(request.user))
    status = 200
    if part == "student" and student:
        status = 422
        if profile.is_valid():
            try:
                actions.update_profile(student=student, by=request.user, **profile.values())
            except Refused as refusal:
                profile.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("Your profile is saved."))
                return redirect("me")
    elif part == "account":
        status = 422
        if account.is_valid():
            try:
                return _save_account(request, account.cleaned_data)
            except Refused as refusal:
                account.refuse(refusal)
                status = refusal.status
    return render(
        request,
        "consortium/me.html",
        {
            "student": student,
            "profile": profile,
            "account_form": account,
            "second_factor": second_factor.factors_of(request.user).exists(),
            "blocks": [
                block
                for make in registry.student_blocks
                if student and (block := make(student, request.user))
            ],
            "roles": _roles(request.user),
        },
        status=status,
    )


def _save_account(request, values):
    user = request.user
    actions.set_mail_address(user=user, email=values["email"], by=user)
    accounts.set_preferences(user=user, by=user, language=values["language"], theme=values["theme"])
    with override(values["language"]):
        messages.success(request, _("Your settings are saved."))
    response = redirect("me")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, values["language"], max_age=YEAR, samesite="Lax", httponly=True
    )
    response.set_cookie("theme", values["theme"], max_age=YEAR, samesite="Lax", httponly=True)
    return response


def _student(student):
    if student is None:
        return {}
    said = {True: "yes", False: "no"}.get(student.fresh_graduate, "")
    return {
        "fresh_graduate": said,
        "goal": student.goal,
        "skills": list(student.skills.order_by("id").values_list("pk", flat=True)),
    }


def _account(user):
    return {"language": user.language, "theme": user.theme, "email": user.email}


def _roles(user):
    grants = active_grants(user)
    now = acting_as(user) if len(grants) > 1 else None
    return [_role(grant, now) for grant in grants]


def _role(grant, now):
    role = ROLES[grant.role]
    of = grant.organisation or grant.board
    return {
        "label": role.label,
        "sentence": role.sentence,
        "of": of.name if of else "",
        "title": grant.title,
        "now": now is not None and now.pk == grant.pk,
        "pk": grant.pk if now is not None and now.pk != grant.pk else None,
    }
