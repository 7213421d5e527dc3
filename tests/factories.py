"""Real rows for tests: each function makes one thing with believable defaults, through the actions where one exists."""

import hashlib
import secrets
from datetime import timedelta
from itertools import count

from consortium import clock
from consortium.actions.account import give_role
from consortium.models import GovernanceBody, Organisation, Skill, StudentProfile, User
from consortium.names import index_organisation
from mentors.models import Appointment, Meeting, Mentorship, Reopening, SupervisionLog
from placements.models import (
    Base,
    BaseAccreditation,
    Demand,
    MatchingRound,
    Project,
    RoundProject,
)

_number = count(1)
PASSWORD = "a-long-test-password"


def make_user(role=None, *, organisation=None, board=None, username=None, name=None, **fields):
    """An account, with one role if named. The password is PASSWORD."""
    number = next(_number)
    user = User(
        username=username or f"person{number}",
        name=name or f"示例人{number}",
        email=fields.pop("email", f"person{number}@example.invalid"),
        **fields,
    )
    user.set_password(PASSWORD)
    user.save()
    if role:
        give_role(user=user, role=role, by=None, organisation=organisation, board=board)
    return user


def make_organisation(name=None, *, kind="enterprise", **fields):
    """An organisation; a sample enterprise by default."""
    number = next(_number)
    fields.setdefault("is_sample", True)
    organisation = Organisation.objects.create(
        name_zh=name or f"示例单位{number}有限公司",
        name_en=fields.pop("name_en", f"Sample Unit {number}"),
        short_zh=fields.pop("short_zh", f"示例单位{number}"),
        kind=kind,
        created_at=clock.now(),
        **fields,
    )
    index_organisation(organisation)
    return organisation


def make_board(code="technology"):
    """One of the four boards."""
    board, _made = GovernanceBody.objects.get_or_create(
        board_code=code, defaults={"kind": "board", "name_zh": f"板块{code}", "name_en": f"Board {code}"}
    )
    return board


def make_student(*, degree="master", fresh_graduate=False, user=None, **fields):
    """A student with a profile and the role."""
    user = user or make_user("student")
    university = fields.pop("university", None) or make_organisation(kind="university")
    return StudentProfile.objects.create(
        user=user,
        number=fields.pop("number", f"S{next(_number):06d}"),
        university=university,
        programme=fields.pop("programme", "生物与医药"),
        degree=degree,
        cohort=fields.pop("cohort", 2026),
        fresh_graduate=fresh_graduate,
        **fields,
    )


def make_skill(key=None, **fields):
    """A skill."""
    key = key or f"skill{next(_number)}"
    return Skill.objects.create(
        key=key, name_zh=fields.pop("name_zh", key), name_en=key, group=fields.pop("group", "upstream")
    )


def make_appointment(*, kind="industry_mentor", organisation=None, user=None, capacity=3, days=700, **fields):
    """A mentor in office, with the role."""
    role = "academic_mentor" if kind == "academic_mentor" else "industry_mentor"
    user = user or make_user(role)
    return Appointment.objects.create(
        user=user,
        organisation=organisation
        or make_organisation(kind="university" if role == "academic_mentor" else "enterprise"),
        kind=kind,
        title=fields.pop("title", "教授" if role == "academic_mentor" else "高级工程师"),
        capacity=capacity,
        since=fields.pop("since", clock.today() - timedelta(days=30)),
        until=clock.today() + timedelta(days=days),
        recorded_by=fields.pop("recorded_by", user),
        recorded_at=clock.now(),
        grounds=fields.pop("grounds", "示例：门户上线前已聘任"),
        **fields,
    )


def make_mentorship(*, student=None, academic=None, industry=None, **fields):
    """A running mentorship of a student."""
    return Mentorship.objects.create(
        student=student or make_student(),
        academic=academic or make_appointment(kind="academic_mentor"),
        industry=industry or make_appointment(),
        topic=fields.pop("topic", "溶氧控制"),
        since=fields.pop("since", clock.today() - timedelta(days=20)),
        until=fields.pop("until", clock.today() + timedelta(days=160)),
        started_by=fields.pop("started_by", None) or make_user("graduate_officer"),
        started_at=clock.now(),
        **fields,
    )


def make_log(*, mentorship=None, side="industry", **fields):
    """A signed log of one mentor."""
    mentorship = mentorship or make_mentorship()
    mentor = getattr(mentorship, side)
    return SupervisionLog.objects.create(
        mentorship=mentorship,
        side=side,
        mentor=mentor,
        kind=fields.pop("kind", "video"),
        day=fields.pop("day", None) or clock.today(),
        minutes=fields.pop("minutes", 30),
        text=fields.pop("text", "第六批已跑完，前兆信号提前四十分钟出现。"),
        signed_by=mentor.user,
        signed_at=clock.now(),
        **fields,
    )


def make_meeting(*, mentorship=None, **fields):
    """A meeting of the industry mentor that is still to come."""
    mentorship = mentorship or make_mentorship()
    starts_at = fields.pop("starts_at", None) or clock.now() + timedelta(days=2)
    return Meeting.objects.create(
        mentorship=mentorship,
        mentor=mentorship.industry,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        planned_by=mentorship.industry.user,
        planned_at=clock.now(),
        **fields,
    )


def make_reopening(*, mentorship=None, **fields):
    """A late day that the industry mentor asks to log."""
    mentorship = mentorship or make_mentorship()
    return Reopening.objects.create(
        mentorship=mentorship,
        mentor=mentorship.industry,
        day=fields.pop("day", None) or clock.today() - timedelta(days=16),
        reason=fields.pop("reason", "出差在外"),
        asked_at=clock.now(),
        **fields,
    )


def make_base(*, organisation=None, days=900, **fields):
    """A base with an accreditation that holds."""
    number = next(_number)
    base = Base.objects.create(
        name=fields.pop("name", f"示例基地{number}"),
        organisation=organisation or make_organisation(),
        district=fields.pop("district", "天津经开区"),
        kind=fields.pop("kind", "practice_base"),
        places_per_year=fields.pop("places_per_year", 10),
        is_sample=True,
        created_at=clock.now(),
    )
    BaseAccreditation.objects.create(
        base=base,
        number=f"JD-{number}",
        valid_from=clock.today() - timedelta(days=100),
        valid_to=clock.today() + timedelta(days=days),
        recorded_by=fields.pop("recorded_by", None) or make_user("secretary"),
        recorded_at=clock.now(),
    )
    return base


def make_demand(*, organisation=None, level="public", board=None, **fields):
    """A submitted demand."""
    organisation = organisation or make_organisation()
    now = clock.now()
    return Demand.objects.create(
        number=f"D-2026-{next(_number):03d}",
        organisation=organisation,
        list=fields.pop("list", "technology"),
        title=fields.pop("title", "发酵罐溶氧波动"),
        text=fields.pop("text", "灌流培养二十天后溶氧读数大幅波动。"),
        level=level,
        board=board or make_board(),
        state=fields.pop("state", "demand_submitted"),
        created_by=fields.pop("created_by", None) or make_user("enterprise_admin", organisation=organisation),
        created_at=now,
        submitted_at=now,
        response_due=now + timedelta(days=7),
        is_sample=True,
        **fields,
    )


def make_project(*, organisation=None, state="open", skills=(), **fields):
    """A project with base and both mentors in order."""
    organisation = organisation or make_organisation()
    base = fields.pop("base", None) or make_base(organisation=organisation)
    number = next(_number)
    project = Project.objects.create(
        number=f"P-2026-{number:03d}",
        organisation=organisation,
        title=fields.pop("title", f"示例项目{number}的溶氧控制"),
        title_en=fields.pop("title_en", f"Sample project {number}"),
        summary=fields.pop("summary", "溶氧波动变大，希望找到可上线的控制方法。"),
        problem=fields.pop("problem", "灌流培养超过二十天后溶氧读数大幅波动，补氧跟不上。"),
        aims="找到控制方法",
        tasks="第1至3个月：查数据\n第4至6个月：做实验",
        field=fields.pop("field", "bioreactor"),
        chain=fields.pop("chain", "industry"),
        talent_type=fields.pop("talent_type", "industrial"),
        base=base,
        district=base.district,
        academic_mentor=fields.pop("academic_mentor", None) or make_appointment(kind="academic_mentor"),
        industry_mentor=fields.pop("industry_mentor", None) or make_appointment(organisation=organisation),
        degree=fields.pop("degree", "any"),
        months=fields.pop("months", 12),
        starts_on=fields.pop("starts_on", clock.today() + timedelta(days=90)),
        places=fields.pop("places", 2),
        stipend=fields.pop("stipend", 3000),
        post_wage=fields.pop("post_wage", 3500),
        housing="provided",
        safety_class="general",
        ip_terms="按三方协议执行。",
        confidentiality_terms="需签保密协议。",
        state=state,
        created_by=fields.pop("created_by", None) or base.accreditations.first().recorded_by,
        created_at=clock.now(),
        is_sample=True,
        **fields,
    )
    project.skills_required.set(skills)
    _index(project)
    return project


def _index(project):
    from placements.search import index_project

    index_project(project)


def make_round(*, state="open", closes_in=timedelta(days=10), max_preferences=6, **fields):
    """A round in the given state; open by default, with its times around now."""
    now = clock.now()
    seed = secrets.token_hex(32)
    return MatchingRound.objects.create(
        name=fields.pop("name", f"示例轮次{next(_number)}"),
        state=state,
        opens_at=fields.pop("opens_at", now - timedelta(days=20)),
        closes_at=fields.pop("closes_at", now + closes_in),
        scoring_ends_at=fields.pop("scoring_ends_at", now + closes_in + timedelta(days=5)),
        max_preferences=max_preferences,
        seed=seed,
        seed_sha256=hashlib.sha256(seed.encode()).hexdigest(),
        created_by=fields.pop("created_by", None) or make_user("graduate_officer"),
        created_at=now,
        is_sample=True,
        **fields,
    )


def add_to_round(round, project, *, places=None):
    """The project's row in the round."""
    return RoundProject.objects.create(
        round=round, project=project, places=places or project.places, code=secrets.token_hex(6)
    )


def make_council(name="示例理事会"):
    """A council that is nobody's real one."""
    return GovernanceBody.objects.get_or_create(
        name_zh=name, defaults={"kind": "council", "name_en": "Sample Council"}
    )[0]


def make_membership(
    *, organisation=None, council=None, rank="member_unit", state="active", since=None, until=None
):
    """A membership that rests on a resolution; an active one was recorded and confirmed by two persons."""
    from consortium.models import Membership, Resolution

    today, now = clock.today(), clock.now()
    since = since or today - timedelta(days=200)
    by, other = make_user("secretary"), make_user("secretary")
    confirmed = {} if state == "recorded" else {"confirmed_by": other, "confirmed_at": now}
    council = council or make_council()
    resolution = Resolution.objects.create(
        body=council,
        number=f"决议{next(_number)}",
        passed_on=since,
        entitled=27,
        present=20,
        votes_yes=18,
        votes_no=1,
        abstentions=1,
        recorded_by=by,
        recorded_at=now,
        **confirmed,
    )
    return Membership.objects.create(
        organisation=organisation or make_organisation(),
        council=council,
        rank=rank,
        state=state,
        since=since,
        until=until or today + timedelta(days=500),
        resolution=resolution,
        recorded_by=by,
        created_at=now,
        **confirmed,
    )


def make_paper(name="示例营业执照.pdf", *, by=None):
    """A stored file of a believable kind."""
    from consortium.files import store

    return store(b"%PDF-1.4 " + name.encode(), name=name, media_type="application/pdf", by=by)


def make_application(*, organisation=None, council=None, state="submitted", by=None, link=False, **fields):
    """An application for membership with its two papers, moved on through the actions.

    `link`: it came by a link and no record of the register belongs to it; its token is `application.token`.
    """
    from consortium.actions import membership_application as actions

    number = next(_number)
    council = council or make_council()
    words = {
        "uscc": fields.pop("uscc", make_uscc(number)),
        "unit_kind": "enterprise",
        "district": "天津经开区",
        "contact_name": "示例联系人",
        "contact_email": f"contact{number}@example.invalid",
        "wishes": "希望解决发酵放大问题；可接收两名学生。",
    } | fields
    if link:
        name = words.pop("unit_name", f"示例申请单位{number}有限公司")
        application, token = actions.ask_for_link(
            email=words["contact_email"], unit_name=name, contact_name="示例联系人", council=council
        )
        writer = actions.Applicant(application_id=application.pk)
        application.token = token
    else:
        organisation = organisation or make_organisation()
        writer = make_user("enterprise_admin", organisation=organisation)
        application = actions.start_application(by=writer, organisation=organisation, council=council)
    application.writer = writer
    actions.save_application(application=application, by=writer, **words)
    for kind in ("licence", "letter"):
        actions.add_document(
            application=application, by=writer, kind=kind, file=make_paper(f"{kind}{number}")
        )
    if state == "draft":
        return application
    actions.submit_application(application=application, by=writer)
    checker = by or make_user("secretary")
    if state == "returned":
        actions.return_application(application=application, by=checker, notes={"name": "名称与执照不一致。"})
    elif state != "submitted":
        actions.pass_check(application=application, by=checker, ticks=("code", "name", "double", "documents"))
    return application


def make_uscc(number):
    """A credit code that checks, made of a number."""
    from stdnum.cn import uscc

    head = f"91120116{number:09d}"
    return head + uscc.calc_check_digit(head)


def make_seat(*, body=None, organisation=None, post="seat", since=None, until=None):
    """A seat that runs now, of a member unit."""
    from consortium.models import Seat

    body, today = body or make_council(), clock.today()
    if organisation is None:
        organisation = make_organisation()
        make_membership(organisation=organisation, council=body, since=today - timedelta(days=400))
    until = until or today + timedelta(days=300)
    return Seat.objects.create(
        body=body,
        organisation=organisation,
        post=post,
        since=since or today - timedelta(days=100),
        until=until,
        term_ends=until,
        grounds="示例章程第8条",
        recorded_by=make_user("secretary"),
        recorded_at=clock.now(),
    )


def make_contact(*, organisation, **fields):
    """A person to talk to, who consented."""
    from consortium.actions.contact import record_contact

    return record_contact(
        organisation=organisation,
        by=None,
        name=fields.pop("name", f"示例联系人{next(_number)}"),
        phone="13800001234",
        consented_on=clock.today(),
        consent_how="邮件",
        is_sample=True,
        **fields,
    )


def make_nomination(*, state="consented", organisation=None, by=None, checker=None, **fields):
    """A nomination taken as far as `state` through the actions; everybody who acted hangs on it.

    `linked`: the person has no account and answers by a link, whose token is `nomination.token`.
    """
    from datetime import date

    from mentors.actions import nomination as actions

    number = next(_number)
    organisation = organisation or make_organisation()
    by = by or make_user("enterprise_admin", organisation=organisation)
    linked = fields.pop("linked", False)
    person = None if linked else fields.pop("person", None) or make_user()
    words = {
        "name": person.name if person else f"示例被提名人{number}",
        "email": person.email if person else f"nominee{number}@example.invalid",
        "born": date(1980, 5, 1),
        "kind": "industry_mentor",
        "category": "mentor_technical",
        "title": "高级工程师",
        "title_level": "associate_senior",
        "degree": "master",
        "years": 12,
        "in_post": True,
        "capacity": 2,
        "since": clock.today() + timedelta(days=3),
    } | fields
    nomination = actions.nominate(by=by, organisation=organisation, **words)
    nomination.nominator, nomination.person = by, person
    if linked:
        nomination.token = actions.send_link_again(nomination=nomination, by=by)
    if state in ("nominated", "employer_consented"):
        return nomination
    actions.consent(nomination=nomination, by=person or actions.Nominee(nomination_id=nomination.pk))
    nomination.checker = checker = checker or make_user("graduate_officer")
    if state == "returned":
        actions.return_nomination(nomination=nomination, by=checker, note="请补充职称证书。")
    elif state in ("exception_requested", "reviewed"):
        actions.request_exception(nomination=nomination, by=checker, reason="紧缺方向，急需。")
        if state == "reviewed":
            nomination.signer = make_user("secretary")
            actions.sign_exception(nomination=nomination, by=nomination.signer)
    elif state != "consented":
        actions.pass_check(nomination=nomination, by=checker)
    if state == "public_notice":
        from mentors.actions.appointing import start_notice

        start_notice(nomination=nomination, by=checker, title="公示：示例聘任", text="示例公示正文。")
    return nomination


def make_text(name="示例协议.pdf", words=None):
    """A file of its own bytes, as somebody uploads it."""
    from consortium.files import store

    content = b"%PDF-1.4 " + (words or f"{name} {next(_number)}").encode()
    return store(content, name=name, media_type="application/pdf", by=None)


def make_agreement(state="in_force", *, parties=None, by=None, **fields):
    """An agreement taken as far as `state` by its own acts; its parties sign on paper."""
    from consortium.actions import agreement as actions

    by = by or make_user("secretary")
    number = next(_number)
    agreement = actions.record_agreement(
        by=by,
        parties=parties or [make_organisation(kind="enterprise"), make_organisation(kind="university")],
        **{
            "number": f"示例协〔{number}〕",
            "title": f"示例合作协议{number}",
            "kind": "training",
            "subject": "示例：共同培养研究生。",
            "since": clock.today() - timedelta(days=100),
            "until": clock.today() + timedelta(days=400),
            "is_sample": True,
        }
        | fields,
    )
    if state == "draft":
        return agreement
    actions.add_text(agreement=agreement, by=by, file=make_text())
    agreement = actions.offer(agreement=agreement, by=by)
    if state == "signing":
        return agreement
    for party in agreement.parties.order_by("order"):
        actions.record_signature(
            party=party,
            by=by,
            signer="示例签署人",
            signed_on=clock.today(),
            evidence=make_text("示例扫描件.pdf"),
        )
    agreement.refresh_from_db()
    return agreement
