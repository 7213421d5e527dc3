"""Mentors on their way to an appointment, one in each state that waits for somebody, and three whose terms go on or end."""

from datetime import date

from consortium.files import store
from mentors.actions import appointing, appointment_clock
from mentors.actions import nomination as nominating
from mentors.actions.appointment import record_appointment
from mentors.actions.assessment import assess_year
from mentors.models import Nomination
from outcomes.demo.memberships import PAGE
from outcomes.demo.people import administrator_of

# key -> (name, unit, title, level, degree, years, year of birth, category)
NOMINEES = {
    "waits": ("示例贺兰工", "jia", "工艺主管工程师", "intermediate", "master", 16, 1984, "mentor_technical"),
    "check": ("示例欧阳工", "jia", "高级工程师", "associate_senior", "master", 11, 1982, "mentor_technical"),
    "returned": ("示例司徒工", "jia", "研发总监", "senior", "doctor", 14, 1979, "mentor_executive"),
    "exception": ("示例上官工", "yi", "首席技师", "senior_technician", "none", 38, 1959, "mentor_technical"),
    "qualified": ("示例诸葛工", "yi", "正高级工程师", "senior", "doctor", 20, 1974, "mentor_scholar"),
    "notice": ("示例夏侯工", "bing", "高级工程师", "associate_senior", "master", 9, 1986, "mentor_technical"),
    "objected": ("示例令狐工", "ding", "副总经理", "senior", "master", 18, 1976, "mentor_executive"),
    "appointed": (
        "示例尉迟工",
        "jia",
        "高级工程师",
        "associate_senior",
        "doctor",
        12,
        1981,
        "mentor_technical",
    ),
    "employer": ("示例东方工", "jia", "质量总监", "senior", "master", 13, 1980, "mentor_executive"),
}
# Appointed on paper before the portal: name, unit, first and last day, counted from the day of loading.
EARLIER = {
    "ending": ("示例宇文工", "jia", -1050, 45),
    "assessed": ("示例慕容工", "jia", -750, 345),
}


def plan_nominations(story):
    """Everybody's own acts, day by day."""
    story.add(-269, _enter_earlier, hour=15)
    story.add(
        -40, _assess, "assessed", "excellent", "指导两名研究生完成中试放大，企业和学生评价均好。", hour=10
    )
    for key, day in (
        ("appointed", -30),
        ("objected", -12),
        ("notice", -9),
        ("qualified", -8),
        ("exception", -7),
        ("returned", -6),
        ("check", -3),
        ("waits", -2),
    ):
        story.add(day, _nominate, key, hour=9)
    for key, day in (
        ("appointed", -29),
        ("objected", -11),
        ("notice", -8),
        ("qualified", -7),
        ("exception", -6),
        ("returned", -5),
        ("check", -2),
    ):
        story.add(day, _consent, key, hour=14)
    for key, day in (("appointed", -28), ("objected", -10), ("notice", -7), ("qualified", -5)):
        story.add(day, _pass, key, hour=10)
    story.add(-5, _ask_exception, "exception", hour=10)
    story.add(-4, _return, "returned", hour=10)
    for key, day in (("appointed", -27), ("objected", -4), ("notice", -2)):
        story.add(day, _announce, key, hour=11)
    story.add(-1, _object, "objected", hour=15)
    story.add(-2, _by_the_office, "employer", hour=10)
    story.add(-1, _as_professor, hour=10)
    story.add(-14, _clock, hour=9)


def _of(key):
    return Nomination.objects.get(name=NOMINEES[key][0])


def _facts(story, key):
    name, _unit, title, level, degree, years, born, category = NOMINEES[key]
    return {
        "name": name,
        "email": f"nominee-{key}@example.invalid",
        "born": date(born, 5, 20),
        "kind": "industry_mentor",
        "category": category,
        "title": title,
        "title_level": level,
        "degree": degree,
        "years": years,
        "in_post": True,
        "team": False,
        "field": "生物过程",
        "capacity": 2,
        "since": story.day(10),
    }


def _proof(by):
    return store(PAGE, name="示例职称和学位证明.pdf", media_type="application/pdf", by=by)


def _nominate(story, key):
    unit = NOMINEES[key][1]
    by = story.cast.people[administrator_of(unit)]
    nominating.nominate(
        by=by, organisation=story.cast.organisations[unit], proof=_proof(by), **_facts(story, key)
    )


def _by_the_office(story, key):
    by = story.cast.people["graduate"]
    nominating.nominate(by=by, organisation=story.cast.organisations[NOMINEES[key][1]], **_facts(story, key))


def _as_professor(story):
    """The contract's industry mentor is put forward as industry professor and is asked."""
    person = story.cast.people["industry"]
    appointment = person.appointments.get(kind="industry_mentor")
    by = story.cast.people[
        next(
            administrator_of(key)
            for key, unit in story.cast.organisations.items()
            if unit.pk == appointment.organisation_id
        )
    ]
    words = {"name": person.name, "email": person.email, "kind": "industry_professor", "team": True}
    given = _facts(story, "qualified") | words | {"category": appointment.category}
    nominating.nominate(by=by, organisation=appointment.organisation, proof=_proof(by), **given)


def _consent(story, key):
    nomination = _of(key)
    nominating.consent(nomination=nomination, by=nominating.Nominee(nomination_id=nomination.pk))


def _pass(story, key):
    nominating.pass_check(nomination=_of(key), by=story.cast.people["graduate"])


def _ask_exception(story, key):
    nominating.request_exception(
        nomination=_of(key),
        by=story.cast.people["graduate"],
        reason="示例：首席技师，发酵罐改造经验全市少有，属于急需领域，可指导工程实践。",
    )


def _return(story, key):
    nominating.return_nomination(
        nomination=_of(key),
        by=story.cast.people["graduate2"],
        note="示例：证明中的职称与填写的不一致，请核对后重新提交。",
    )


def _announce(story, key):
    nomination = _of(key)
    unit = nomination.organisation.name_zh
    appointing.start_notice(
        nomination=nomination,
        by=story.cast.people["graduate"],
        title=f"公示：{unit}拟聘行业导师",
        text=f"下列人选由{unit}提名，本人同意，并已对照行业导师聘任条件审核，拟聘三年。公示期内如有异议，请在本页提出。",
    )


def _object(story, key):
    appointing.object_to(
        notice=_of(key).notice,
        name="示例异议人",
        contact="objector@example.invalid",
        text="示例：该人选去年已调往另一家单位，请核对在岗情况。",
    )


def _enter_earlier(story):
    people = story.cast.people
    for key, (name, unit, first, last) in EARLIER.items():
        story.cast.appointments[key] = record_appointment(
            by=people["graduate"],
            username=f"mentor-{key}",
            name=name,
            email=f"mentor-{key}@example.invalid",
            organisation=story.cast.organisations[unit],
            kind="industry_mentor",
            category="mentor_technical",
            title="高级工程师",
            field="发酵工程",
            capacity=2,
            since=story.day(first),
            until=story.day(last),
            grounds="示例：门户上线前的聘书",
            is_sample=True,
            send_invitation=False,
        )
        people[f"mentor-{key}"] = story.cast.appointments[key].user


def _assess(story, key, grade, comment):
    appointment = story.cast.appointments[key]
    appointment.refresh_from_db()
    assess_year(
        appointment=appointment,
        by=story.cast.people["graduate"],
        until=appointment.assess_due,
        grade=grade,
        comment=comment,
    )


def _clock(story):
    """What the clock does every few minutes, once in the story: one is appointed, one is warned of."""
    appointment_clock.advance()
