"""The people of the demo: the accounts of the contract, administrators of every unit, mentors, students."""

from django.contrib.auth.hashers import make_password

from consortium.actions.account import create_account, give_role
from consortium.actions.student import record_student
from consortium.audit import action, record
from consortium.models import GovernanceBody, Skill, User
from mentors.actions.appointment import record_appointment
from mentors.enums import MentorCategory
from outcomes.demo import plan, world

# user name -> (name, role, key of the organisation or code of the board)
STAFF = {
    "admin": ("示例尹管理员", "system_admin", None),
    "secretary": ("示例孟秘书", "secretary", None),
    "secretary2": ("示例龙秘书", "secretary", None),
    "graduate": ("示例顾老师", "graduate_officer", None),
    "graduate2": ("示例侯老师", "graduate_officer", None),
    "board": ("示例邵主任", "board_officer", "technology"),
    "board-integration": ("示例熊主任", "board_officer", "integration"),
    "board-enterprise": ("示例孔主任", "board_officer", "enterprise"),
    "board-general": ("示例白主任", "board_officer", "general"),
    "director": ("示例万理事", "council_director", None),
    "director2": ("示例段理事", "council_director", None),
    "expert": ("示例雷专家", "expert", None),
    "auditor": ("示例钱审计", "auditor", None),
    "privacy": ("示例汤专员", "data_protection_officer", None),
}
ADMINISTRATORS = {
    "jia": "示例崔经理",
    "yi": "示例康经理",
    "bing": "示例毛经理",
    "ding": "示例邱经理",
    "wu": "示例秦经理",
    "ji": "示例江经理",
    "geng": "示例史经理",
    "xin": "示例顾经理",
    "ren": "示例侯经理",
    "gui": "示例邵经理",
    "yuan": "示例孟经理",
    "heng": "示例龙经理",
    "li": "示例万经理",
    "zhen": "示例段经理",
    "hospital": "示例雷主管",
    "testing": "示例钱主管",
}
# Whom of the files the listed accounts are.
CONTRACT_NAMES = {"academic01": "academic", "industry01": "industry", "academic07": "several"}
# Who has more than the mentor's role: none of these units has a project that the person mentors.
FURTHER_ROLES = {"several": (("enterprise_admin", "ren"), ("base_manager", "yi"))}
CATEGORY = {
    "executive": MentorCategory.EXECUTIVE,
    "technical": MentorCategory.TECHNICAL,
    "scholar": MentorCategory.SCHOLAR,
}


def username_of(mentor):
    """A mentor's user name: two of them are the contract's."""
    return CONTRACT_NAMES.get(mentor, mentor)


def administrator_of(key):
    """The user name of a unit's administrator."""
    return "enterprise" if key == "jia" else f"enterprise-{key}"


def _account(story, username, name, by="admin"):
    user = create_account(
        username=username,
        name=name,
        email=f"{username}@example.invalid",
        is_sample=True,
        by=story.cast.people.get(by),
    )
    story.cast.people[username] = user
    return user


def enter_staff(story):
    """The offices: each account with its one role; boards are those of the source document."""
    people = story.cast.people
    story.cast.boards.update(
        {board.board_code: board for board in GovernanceBody.objects.exclude(board_code=None)}
    )
    for username, (name, role, board) in STAFF.items():
        user = _account(story, username, name)
        give_role(user=user, role=role, by=people["admin"], board=story.cast.boards[board] if board else None)


def enter_administrators(story):
    """Each unit's administrator, and the manager of one unit's bases."""
    people, organisations = story.cast.people, story.cast.organisations
    for key, name in ADMINISTRATORS.items():
        user = _account(story, administrator_of(key), name, by="secretary")
        give_role(user=user, role="enterprise_admin", organisation=organisations[key], by=people["secretary"])
    manager = _account(story, "basemanager", "示例贺主管", by="secretary")
    give_role(user=manager, role="base_manager", organisation=organisations["jia"], by=people["secretary"])


def enter_skills(story):
    """The list of skills; it is a plain table of words and no state."""
    rows = [Skill(**skill) for skill in world.skills()]
    Skill.objects.bulk_create(rows, ignore_conflicts=True)
    story.cast.skills.update({skill.key: skill for skill in Skill.objects.order_by("id")})


def enter_mentors(story):
    """Forty mentors, appointed by the graduate office for the usual term."""
    for mentor in world.mentors():
        username = username_of(mentor["username"])
        story.cast.appointments[mentor["username"]] = appointment = record_appointment(
            by=story.cast.people["graduate"],
            username=username,
            name=mentor["name_zh"],
            email=f"{username}@example.invalid",
            organisation=story.cast.organisations[mentor["organisation"]],
            kind=mentor["kind"],
            category=CATEGORY.get(mentor["category"], ""),
            title=mentor["title"],
            field=mentor["field"],
            capacity=mentor["capacity"],
            since=story.day(plan.MENTORS_SINCE),
            grounds="示例：门户上线前的聘书",
            is_sample=True,
            send_invitation=False,
        )
        story.cast.people[username] = appointment.user


def enter_further_roles(story):
    """A mentor who also works for two enterprises: one account, and a role to choose."""
    for username, roles in FURTHER_ROLES.items():
        for role, key in roles:
            give_role(
                user=story.cast.people[username],
                role=role,
                organisation=story.cast.organisations[key],
                by=story.cast.people["secretary"],
            )


def enter_students(story, students):
    """Students as the graduate office records them; a few have not said whether they are fresh graduates."""
    for student in students:
        profile = record_student(
            by=story.cast.people["graduate"],
            number=student.number,
            username=student.username,
            name=student.name,
            email=f"{student.username}@example.invalid".lower(),
            university=story.cast.organisations["university"],
            programme=student.programme,
            degree=student.degree,
            cohort=student.cohort,
            fresh_graduate=student.fresh,
            on_leave=student.on_leave,
            goal=student.goal,
            skills=[story.cast.skills[key] for key in student.skills],
            is_sample=True,
        )
        story.cast.students[student.number] = profile
        story.cast.people[student.username] = profile.user


@action
def give_demo_password(*, password, by):
    """Let every sample account sign in with the demo's one password, hashed once. Returns how many."""
    changed = User.objects.filter(is_sample=True).update(password=make_password(password))
    record("demo password given", by, by=by, accounts=changed)
    return changed
