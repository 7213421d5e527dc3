"""Nominations: who may read which, what waits for whom."""

from django.db.models import Case, F, Q, When

from consortium.models import User
from consortium.queries.people import acting_for
from consortium.reach import reach
from consortium.roles import Permission
from mentors.enums import NOMINATION_OPEN
from mentors.enums import NominationState as S
from mentors.models import AppointmentLetter, Nomination, NominationObjection


def nominations_visible_to(user):
    """All for the office and auditors, of the own organisation for its people, the own for the person."""
    rows = Nomination.objects.select_related(
        "organisation",
        "user",
        "nominated_by",
        "employer_by",
        "checked_by",
        "signed_by",
        "proof",
        "renews",
        "notice",
    )
    if reach(user, Permission.APPROVE_MENTOR).all or reach(user, Permission.READ_AUDIT).all:
        return rows
    if not getattr(user, "is_authenticated", False):
        return rows.none()
    own = reach(user, Permission.NOMINATE_MENTOR).organisations
    return rows.filter(Q(organisation__in=own) | Q(user=user) | Q(nominated_by=user))


def nomination_behind(token_hash):
    """The nomination that a link opens, or None."""
    return Nomination.objects.select_related("organisation", "user").filter(token_hash=token_hash).first()


def open_nomination(*, kind, user=None, email="", except_for=None):
    """The one under way already for this person and kind, or None."""
    same = Q(pk=None)
    if user:
        same |= Q(user=user)
    if email:
        same |= Q(email__iexact=email)
    rows = Nomination.objects.filter(same, kind=kind, state__in=NOMINATION_OPEN)
    return rows.exclude(pk=except_for.pk if except_for else None).order_by("pk").first()


def person_with(email):
    """The account with this address, or None."""
    return User.objects.filter(email__iexact=email, is_active=True).first() if email else None


def waiting_for(user):
    """Nominations on which this person can act now."""
    rows = nominations_visible_to(user)
    held = reach(user, Permission.NOMINATE_MENTOR)
    employer = Q(organisation__in=held.organisations)
    if held.all:
        employer |= Q(kind="academic_mentor")
    waits = (
        Q(state=S.NOMINATED) & employer
        | Q(state=S.EMPLOYER_CONSENTED, user=user)
        | Q(state=S.RETURNED) & (employer | Q(nominated_by=user))
    )
    if reach(user, Permission.APPROVE_MENTOR).all:
        foreign = ~Q(nominated_by=user) & ~Q(organisation__in=held.organisations)
        foreign &= Q(user=None) | ~Q(user=user)
        foreign &= Q(employer_by=None) | ~Q(employer_by=user)
        second = Q(checked_by=None) | ~Q(checked_by=user)
        waits |= foreign & Q(state=S.CONSENTED)
        waits |= foreign & Q(state__in=(S.QUALIFIED, S.REVIEWED)) & (Q(process="appointment") | second)
        waits |= foreign & Q(state=S.EXCEPTION_REQUESTED) & second
    return rows.filter(waits)


def unanswered(now):
    """Nominations whose employer or person did not answer in time."""
    return list(
        Nomination.objects.filter(
            state__in=(S.NOMINATED, S.EMPLOYER_CONSENTED), answer_due__lte=now
        ).order_by("pk")
    )


def searched(rows, words):
    """Narrow to a part of a name, a title or the employer's name."""
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(title__icontains=word)
            | Q(organisation__name_zh__icontains=word)
            | Q(organisation__short_zh__icontains=word)
        )
    return rows


ORDERS = ("due", "newest")


def in_order(rows, order):
    """Each with `due`, when what it waits for is to be done; what is due first on top, or the newest."""
    due = Case(
        When(state=S.CONSENTED, then=F("check_due")),
        When(state__in=(S.NOMINATED, S.EMPLOYER_CONSENTED), then=F("answer_due")),
        When(state=S.PUBLIC_NOTICE, then=F("notice__ends_at")),
    )
    rows = rows.annotate(due=due)
    return rows.order_by("-pk") if order == "newest" else rows.order_by(F("due").asc(nulls_last=True), "-pk")


def people_of(organisation):
    """Who nominates in the name of an organisation."""
    return list(acting_for([organisation], Permission.NOMINATE_MENTOR))


def last_of(appointment):
    """The newest nomination of the person for this kind, whose qualification a renewal begins with, or None."""
    rows = Nomination.objects.filter(user=appointment.user_id, kind=appointment.kind)
    return rows.order_by("-pk").first()


def objections_visible_to(user):
    """Objections with names and contacts are the office's and the auditors'."""
    rows = NominationObjection.objects.select_related("nomination__organisation", "notice", "answered_by")
    if reach(user, Permission.APPROVE_MENTOR).all or reach(user, Permission.READ_AUDIT).all:
        return rows
    return rows.none()


def objections_to_answer(user):
    """Open objections that this person may answer: not to what they nominated, checked, signed or are."""
    rows = objections_visible_to(user).filter(answered_at=None)
    for field in ("nominated_by", "user", "employer_by", "checked_by", "signed_by"):
        rows = rows.exclude(**{f"nomination__{field}": user})
    held = reach(user, Permission.NOMINATE_MENTOR).organisations
    return rows.exclude(nomination__organisation__in=held)


def on_notice(notice):
    """The nomination that a notice is about while it stands, or None."""
    return (
        Nomination.objects.filter(notice=notice, state=S.PUBLIC_NOTICE).select_related("organisation").first()
    )


def answers_on(notice):
    """Answered objections of a notice as everybody reads them: what was answered, never who objected."""
    return notice.mentor_objections.filter(answered_at__isnull=False).order_by("answered_at", "pk")


def letter_with(code):
    """The letter of appointment with this code, or None; spaces and small letters are forgiven."""
    plain = "".join(code.split()).upper()
    return (
        AppointmentLetter.objects.select_related("appointment__user", "appointment__organisation", "file")
        .filter(code=plain)
        .first()
    )


def letters_of(appointment):
    """The letters of an appointment, the newest first."""
    return list(appointment.letters.select_related("file").order_by("-pk"))


def renewal_under_way(appointment):
    """The open nomination for its next term, or None."""
    return appointment.renewals.filter(state__in=NOMINATION_OPEN).order_by("pk").first()
