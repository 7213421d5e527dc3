"""What people change about themselves: a student's skills, goal and freshness; anybody's mail address."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from consortium.audit import action, record
from consortium.enums import TalentType
from consortium.models import Skill, StudentProfile, User
from consortium.refusals import Forbidden, Invalid

KEEP = object()
MOST_SKILLS = 20


@action
def update_profile(*, student, by, skills=KEEP, goal=KEEP, fresh_graduate=KEEP):
    """Change what a student keeps about himself; what is not named stays. Refuses everybody else's hand.

    `skills` are Skill rows, `fresh_graduate` True, False or None (not said).
    """
    if by is None or student.user_id != by.pk:
        raise Forbidden(
            _("Only the student can change this part of the profile."),
            remedy=_("The graduate school keeps the other parts."),
        )
    changed = {}
    student = StudentProfile.objects.select_for_update().get(pk=student.pk)
    if goal is not KEEP and goal != student.goal:
        if goal and goal not in TalentType.values:
            raise Invalid(_("This is not one of the goals."), remedy=_("Choose again."), field="goal")
        changed["goal"] = [student.goal, goal]
        student.goal = goal
    if fresh_graduate is not KEEP and fresh_graduate != student.fresh_graduate:
        changed["fresh_graduate"] = [student.fresh_graduate, fresh_graduate]
        student.fresh_graduate = fresh_graduate
    student.save(update_fields=["goal", "fresh_graduate"])
    if skills is not KEEP:
        changed |= _set_skills(student, list(skills))
    if changed:
        record("profile.changed", student, by=by, changed=changed)
    return student


@action
def set_mail_address(*, user, email, by):
    """Change one's own mail address, or take it away; refused when another account has it."""
    if user.pk != by.pk:
        raise Forbidden(_("Only the person can change this address."), remedy=_("Ask them to do it."))
    email = (email or "").strip().lower() or None
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise Invalid(
                _("This is no mail address."), remedy=_("Enter one like name@example.edu.cn."), field="email"
            ) from None
    if email == user.email:
        return user
    if email and User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise Invalid(
            _("This address cannot be used here."), remedy=_("Enter another one of your own."), field="email"
        )
    user.email = email
    user.save(update_fields=["email"])
    record("address.changed", user, by=by)
    return user


def _set_skills(student, skills):
    if len(skills) > MOST_SKILLS:
        raise Invalid(
            _("You have chosen %(count)d skills; at most %(most)d fit.")
            % {"count": len(skills), "most": MOST_SKILLS},
            remedy=_("Keep those that you could show."),
            field="skills",
        )
    before = set(student.skills.order_by("id").values_list("key", flat=True))
    after = {
        skill.key for skill in Skill.objects.filter(pk__in=[skill.pk for skill in skills]).order_by("id")
    }
    if before == after:
        return {}
    student.skills.set(skills)
    return {"skills": [sorted(before), sorted(after)]}
