"""Students as the graduate office records them. The student edits skills, goal and freshness elsewhere."""

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consortium import clock
from consortium.actions.account import create_account, give_role
from consortium.audit import action, record
from consortium.models import RoleGrant, StudentProfile, User
from consortium.queries.list_import import grown
from consortium.reach import reach
from consortium.refusals import Forbidden, Invalid, Stale
from consortium.roles import Permission

STREAM = "imports"
USER_FIELDS = ("name", "email")
LISTED = ("university_id", "programme", "degree", "cohort", "fresh_graduate")
PROFILE_FIELDS = ("university", "programme", "degree", "cohort", "fresh_graduate", "on_leave")


@action
def record_student(
    *,
    by,
    number,
    name,
    university,
    programme,
    degree,
    cohort,
    email=None,
    fresh_graduate=None,
    on_leave=False,
    goal="",
    skills=(),
    username=None,
    is_sample=False,
):
    """Record a student with an account that has no password yet, and return the profile.

    The user name is the student number unless another is given. Refuses a number, user name or address that is taken.
    """
    _must_keep_students(by)
    _refuse_taken(number)
    user = create_account(
        username=username or number, name=name, email=email or None, by=by, is_sample=is_sample
    )
    profile = StudentProfile(
        user=user,
        number=number,
        university=university,
        programme=programme,
        degree=degree,
        cohort=cohort,
        fresh_graduate=fresh_graduate,
        on_leave=on_leave,
        goal=goal,
    )
    try:
        with transaction.atomic():
            profile.save()
    except IntegrityError:
        _refuse_taken(number)
        raise
    profile.skills.set(skills)
    give_role(user=user, role="student", by=by)
    record("student recorded", profile, by=by, number=number)
    return profile


@action
def edit_student(*, student, by, revision=None, **fields):
    """Change what the office keeps of a student: number, name, address and the profile. Only what differs is written."""
    _must_keep_students(by)
    student = StudentProfile.objects.select_for_update().select_related("user").get(pk=student.pk)
    if revision is not None and revision != revision_of(student):
        raise Stale(
            _("Somebody else changed this record while you were editing it; nothing of yours was saved."),
            remedy=_("Both versions are shown below. Choose what to keep, then save again."),
            theirs=student,
        )
    number = fields.get("number", student.number)
    if number != student.number:
        _refuse_taken(number)
    email = fields.get("email", student.user.email) or None
    if email and User.objects.filter(email__iexact=email).exclude(pk=student.user_id).exists():
        raise Invalid(
            _("An account with this mail address exists already."),
            remedy=_("Enter another address."),
            field="email",
        )
    changed = {}
    for target, names in ((student, ("number", *PROFILE_FIELDS)), (student.user, ("name", "email"))):
        for name in names:
            value = email if name == "email" else fields.get(name, getattr(target, name))
            if value != getattr(target, name):
                changed[name] = True
                setattr(target, name, value)
    if not changed:
        return student
    student.save()
    student.user.save()
    # Names of fields only: what stood there is personal and not the trail's business.
    record("student edited", student, by=by, fields=sorted(changed))
    return student


@action
def record_students(*, rows, by, run):
    """Record many students of one import at once; their numbers in the order of `rows` (dicts of clean values).

    As `record_student` for each, in a number of queries that does not grow with them. A number, user name or address that
    is taken is the database's to refuse: the import has looked before, and looks again.
    """
    _must_keep_students(by)
    now = clock.now()
    users = User.objects.bulk_create(
        User(username=row["number"], name=row["name"], email=row.get("email"), password=make_password(None))
        for row in rows
    )
    profiles = StudentProfile.objects.bulk_create(
        StudentProfile(user=user, number=row["number"], **{name: row[name] for name in LISTED if name in row})
        for user, row in zip(users, rows, strict=True)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role="student", given_by=by, given_at=now) for user in users
    )
    for profile in profiles:
        record("student recorded", profile, by=by, stream=STREAM, number=profile.number, list=run.pk)
    return [profile.pk for profile in profiles]


@action
def change_students(*, rows, by, run):
    """Change many students at once: {number of the profile: {field: value}}; only what differs is there."""
    _must_keep_students(by)
    profiles = list(StudentProfile.objects.select_related("user").filter(pk__in=rows).order_by("pk"))
    for profile in profiles:
        for name, value in rows[profile.pk].items():
            setattr(profile.user if name in USER_FIELDS else profile, name, value)
        record("student edited", profile, by=by, stream=STREAM, fields=sorted(rows[profile.pk]), list=run.pk)
    StudentProfile.objects.bulk_update(profiles, ["number", *LISTED], batch_size=100)
    User.objects.bulk_update([profile.user for profile in profiles], USER_FIELDS, batch_size=100)


@action
def take_back_students(*, numbers, by, run):
    """Remove students that an import made and that nothing has grown from; the numbers of those that have to stay."""
    _must_keep_students(by)
    profiles = list(StudentProfile.objects.select_related("user").filter(pk__in=numbers).order_by("pk"))
    used = grown(StudentProfile, [profile.pk for profile in profiles])
    users = {profile.user_id: profile.pk for profile in profiles}
    used |= {users[pk] for pk in grown(User, list(users), apart_from=(StudentProfile, RoleGrant))}
    used |= {profile.pk for profile in profiles if profile.user.last_login}
    granted = RoleGrant.objects.filter(user__in=users).exclude(role="student", given_by=run.written_by)
    used |= {users[pk] for pk in granted.values_list("user_id", flat=True)}
    going = [profile for profile in profiles if profile.pk not in used]
    for profile in going:
        record("student taken back", profile, by=by, stream=STREAM, number=profile.number, list=run.pk)
    User.objects.filter(pk__in=[profile.user_id for profile in going]).delete()
    return used


def revision_of(student):
    """What tells one state of the record from another, short enough for a hidden field."""
    import hashlib

    words = [student.number, student.user.name, student.user.email or ""]
    words += [
        str(getattr(student, f"{name}_id" if name == "university" else name)) for name in PROFILE_FIELDS
    ]
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:16]


def _must_keep_students(by):
    if by is not None and not reach(by, Permission.RECORD_STUDENT).all:
        raise Forbidden(
            _("Your role does not keep students."),
            remedy=_("Ask the graduate school to record or change it."),
        )


def _refuse_taken(number):
    first = StudentProfile.objects.filter(number=number).select_related("user").first()
    if first:
        raise Invalid(
            _("The student number %(number)s belongs to %(name)s.")
            % {"number": number, "name": first.user.name},
            remedy=_("Open that student, or correct the number."),
            field="number",
            code="taken",
            url=_student_url(first),
            url_label=_("Open that student"),
        )


def _student_url(student):
    from django.urls import reverse

    return reverse("student", args=[student.pk])
