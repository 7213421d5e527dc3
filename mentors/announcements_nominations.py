"""What nominations announce: messages, looks of states, navigation, duties, readers of proofs."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consortium import badges, clock
from consortium.notifications import Message, register
from consortium.reach import reach
from consortium.registry import Duty, NavItem, NoticeKind, registry
from consortium.roles import Permission
from mentors.enums import NominationState as S
from mentors.enums import YearGrade

DUTIES_SHOWN = 20


def announce():
    """Fill the lists of the registry; called once, when the app is ready."""
    register(
        mentor_nominated=Message(
            subject=_("You are nominated as mentor"),
            body=_(
                "%(unit)s puts you forward as mentor. The page says what for and who reads it; agree or decline by %(until)s."
            ),
            action=_("Read the nomination"),
            times=("until",),
        ),
        nomination_for_employer=Message(
            subject=_("The office puts somebody of yours forward as mentor"),
            body=_("The office puts somebody of %(unit)s forward as mentor and asks you to agree."),
            action=_("Read the nomination"),
        ),
        nomination_to_check=Message(
            subject=_("A nomination waits for its check"),
            body=_("Somebody of %(unit)s agreed to be appointed. It is to be checked by %(due)s."),
            action=_("Check the nomination"),
            times=("due",),
        ),
        nomination_returned=Message(
            subject=_("A nomination was returned"),
            body=_("A nomination of %(unit)s needs something mended; its page says what."),
            action=_("Mend the nomination"),
        ),
        nomination_refused=Message(
            subject=_("A nomination was not accepted"),
            body=_("A person nominated by %(unit)s is not appointed; the page gives the reason."),
            action=_("Open the nomination"),
        ),
        nomination_declined=Message(
            subject=_("A nominated person declined"),
            body=_(
                "A person nominated by %(unit)s does not want the appointment, or took the agreement back."
            ),
            action=_("Open the nomination"),
        ),
        nomination_withdrawn=Message(
            subject=_("Your nomination as mentor was withdrawn"),
            body=_("The nomination by %(unit)s was taken back; the page gives the reason."),
            action=_("Open the nomination"),
        ),
        nomination_unanswered=Message(
            subject=_("A nomination was not answered"),
            body=_("A nomination of %(unit)s had no answer in time and is closed. You can nominate again."),
            action=_("Open the nomination"),
        ),
        renewal_to_settle=Message(
            subject=_("A renewal waits for a second person"),
            body=_(
                "The next term of a mentor from %(unit)s was checked; a second person of the office renews it."
            ),
            action=_("Look at the renewal"),
        ),
        renewal_sent_back=Message(
            subject=_("A renewal was sent back to the check"),
            body=_("A second person did not renew a mentor from %(unit)s; the page says why."),
            action=_("Open the nomination"),
        ),
        exception_to_sign=Message(
            subject=_("An exception waits for a second signature"),
            body=_(
                "A person nominated by %(unit)s does not meet a rule; read the reason and sign, or do not."
            ),
            action=_("Look at the exception"),
        ),
        exception_refused=Message(
            subject=_("An exception was not signed"),
            body=_("The exception for a person nominated by %(unit)s was not signed; the page says why."),
            action=_("Open the nomination"),
        ),
    )
    register(
        nomination_on_notice=Message(
            subject=_("An appointment is on public notice"),
            body=_(
                "The appointment of a person nominated by %(unit)s is on notice until %(until)s; then it begins by itself."
            ),
            action=_("Open the nomination"),
            times=("until",),
        ),
        mentor_objection=Message(
            subject=_("Somebody objects to an appointment on notice"),
            body=_("An objection to the appointment of a person nominated by %(unit)s waits for its answer."),
            action=_("Answer the objection"),
        ),
        mentor_objection_answered=Message(
            subject=_("Your objection was answered"),
            body=_("The answer stands on the page of the notice."),
            action=_("Read the answer"),
        ),
        nomination_back_to_check=Message(
            subject=_("An objection to an appointment holds"),
            body=_(
                "The nomination by %(unit)s is checked anew. The answer stands on the page of the notice."
            ),
            action=_("Open the nomination"),
        ),
        appointment_stuck=Message(
            subject=_("An appointment could not begin"),
            body=_(
                "The notice for a person nominated by %(unit)s is over, but the person has an appointment of this kind already."
            ),
            action=_("Open the nomination"),
        ),
        appointment_renewed=Message(
            subject=_("An appointment as mentor is renewed"),
            body=_("The next term of an appointment from %(unit)s is settled. The letter is ready."),
            action=_("Open the appointment"),
        ),
    )
    register(
        mentor_assessed=Message(
            subject=_("A mentor's year was assessed"),
            body=_("The year until %(until)s of an appointment from %(unit)s was assessed."),
            action=_("Open the appointment"),
            days=("until",),
        ),
        appointment_revoked=Message(
            subject=_("Your appointment as mentor was revoked"),
            body=_("Your appointment for %(unit)s was revoked. Reason given: %(reason)s"),
            action=_("Open the appointment"),
        ),
        appointment_ends_soon=Message(
            subject=_("An appointment as mentor ends soon"),
            body=_(
                "An appointment from %(unit)s ends on %(until)s, in %(days)s days. The employer can nominate the mentor for another term."
            ),
            action=_("Open the appointment"),
            days=("until",),
        ),
        appointment_lapsed=Message(
            subject=_("An appointment as mentor is over"),
            body=_(
                "The term of an appointment from %(unit)s ended on %(until)s. Logs for days up to then can still be signed in time; students guided now need another mentor."
            ),
            action=_("Open the appointment"),
            days=("until",),
        ),
    )
    badges.register(
        "year",
        YearGrade,
        {
            YearGrade.EXCELLENT: badges.GREEN,
            YearGrade.PASS: badges.GREEN,
            YearGrade.FAIL: badges.RED,
        },
    )
    badges.register(
        "nomination",
        S,
        {
            S.NOMINATED: badges.INDIGO,
            S.EMPLOYER_CONSENTED: badges.INDIGO,
            S.CONSENTED: badges.INDIGO,
            S.RETURNED: badges.INDIGO,
            S.QUALIFIED: badges.INDIGO,
            S.EXCEPTION_REQUESTED: badges.INDIGO,
            S.REVIEWED: badges.INDIGO,
            S.PUBLIC_NOTICE: badges.INDIGO,
            S.APPOINTED: badges.GREEN,
            S.REFUSED: badges.RED,
            S.DECLINED: badges.SLATE,
            S.WITHDRAWN: badges.SLATE,
            S.UNANSWERED: badges.SLATE,
        },
    )
    registry.nav.append(
        NavItem(
            "staff",
            _("Nominations"),
            "nominations",
            "person-badge",
            _("Mentors"),
            29,
            Permission.APPROVE_MENTOR,
            count=nominations_waiting,
        )
    )
    registry.duties += [nominations_to_move, objections_to_answer, years_to_assess, mentors_to_renew]
    registry.papers.append(letter_page)
    registry.notice_kinds["mentor"] = NoticeKind(
        about_notice,
        object_to,
        _("Your objection was received. The appointment does not begin before it is answered."),
    )
    registry.dashboard.append(our_mentors)
    registry.file_readers += [reads_proof, reads_letter_of_term]
    registry.merge_words["mentors.nomination"] = lambda row: (
        f"{row.get_kind_display()} {row.nominated_at:%Y-%m-%d}"
    )


def nominations_waiting(user, now):
    """How many nominations this person can move on."""
    from mentors.queries.nomination import waiting_for

    return waiting_for(user).count()


def nominations_to_move(user, now):
    """What this person does next with each nomination."""
    from mentors.queries.nomination import waiting_for
    from mentors.rules.nomination import next_act

    return [
        Duty(
            title=str(_("Nomination of %(name)s: %(state)s"))
            % {"name": row.name, "state": row.get_state_display()},
            url=row.get_absolute_url(),
            verb=str(next_act(row)[1]),
            due=row.check_due if row.state == S.CONSENTED else row.answer_due,
            note=row.organisation.name,
        )
        for row in waiting_for(user).order_by("check_due", "pk")[:DUTIES_SHOWN]
    ]


def our_mentors(user, now):
    """On the start page of an employer: its mentors, its nominations, and the way to nominate."""
    from mentors.queries.appointment import counted_for
    from mentors.rules.nomination import may_nominate

    held = may_nominate(user) and counted_for(user, now)
    if not held:
        return None
    return {"template": "mentors/dashboard_employer.html", "context": held}


def reads_proof(user, stored):
    """A proof is read by the employer's people, the person and the office."""
    from mentors.queries.nomination import nominations_visible_to
    from mentors.rules.nomination import reads_address

    rows = nominations_visible_to(user).filter(proof=stored)
    return any(reads_address(user, row) for row in rows)


def objections_to_answer(user, now):
    """Objections to appointments that this person may answer."""
    from mentors.queries.nomination import objections_to_answer

    return [
        Duty(
            title=str(_("Objection to an appointment from %(unit)s"))
            % {"unit": row.nomination.organisation.name},
            url=row.get_absolute_url(),
            verb=str(_("Answer the objection")),
        )
        for row in objections_to_answer(user).order_by("made_at", "pk")[:DUTIES_SHOWN]
    ]


def about_notice(notice):
    """What the page of an appointment's notice shows beside its text: the name, while it runs, and the answers."""
    from mentors.queries.nomination import answers_on, on_notice

    nomination = on_notice(notice)
    waiting = notice.mentor_objections.filter(answered_at=None).count()
    return {
        "takes": nomination is not None,
        "standing": _(
            "Anybody may; the appointment does not begin before every objection is answered in words."
        ),
        "answers": list(answers_on(notice)),
        "open": waiting,
        "open_words": ngettext(
            "One objection was received; the appointment begins after it is answered.",
            "%(n)s objections were received; the appointment begins after they are answered.",
            waiting,
        )
        % {"n": waiting},
        "template": "mentors/notice_names.html",
        "context": nomination,
    }


def object_to(**given):
    """Object to an appointment on notice."""
    from mentors.actions.appointing import object_to

    return object_to(**given)


def letter_page(code):
    """The public check page of a letter of appointment: (template, context), or None for a code of another paper."""
    from consortium.rules.certificate import in_fours
    from mentors.queries.nomination import letter_with
    from mentors.rules.letter import facts_of, standing_of

    letter = letter_with(code)
    if letter is None:
        return None
    context = {
        "letter": letter,
        "facts": facts_of(letter),
        "fingerprint": in_fours(letter.fingerprint),
        "standing": standing_of(letter, clock.today()),
    }
    return "mentors/check_letter.html", context


def reads_letter_of_term(user, stored):
    """A letter's file is the mentor's, the employer's people's, the office's and the auditors'; its facts everybody's."""
    from mentors.models import AppointmentLetter
    from mentors.queries.nomination import nominations_visible_to

    rows = AppointmentLetter.objects.filter(file=stored, nomination__in=nominations_visible_to(user))
    return rows.exists()


def years_to_assess(user, now):
    """How many mentors have a year that can be assessed, for the office; the line opens exactly those."""
    from mentors.queries.assessment import to_assess
    from mentors.rules.appointment import can_record

    number = to_assess(clock.day_of(now)).count() if can_record(user) else 0
    if not number:
        return []
    title = ngettext(
        "%(n)d mentor has a year to be assessed", "%(n)d mentors have a year to be assessed", number
    )
    return [
        Duty(
            title=title % {"n": number},
            url=f"{reverse('mentors')}?tab=assess",
            verb=str(_("Look at them")),
        )
    ]


def mentors_to_renew(user, now):
    """Mentors of the own organisation who end soon and whose next term nobody has asked for."""
    from mentors.queries.appointment import ending_unrenewed
    from mentors.rules.nomination import RENEWAL_DAYS

    own = reach(user, Permission.NOMINATE_MENTOR).organisations
    if not own:
        return []
    rows = ending_unrenewed(clock.day_of(now), RENEWAL_DAYS, own)
    return [
        Duty(
            title=str(_("%(name)s ends as mentor")) % {"name": row.user.get_full_name()},
            url=row.get_absolute_url(),
            verb=str(_("Nominate for another term")),
            due=clock.end_of(row.until),
            note=row.organisation.name,
        )
        for row in rows[:DUTIES_SHOWN]
    ]
