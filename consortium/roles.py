"""The one table of roles: what each may do and how far. Code asks for a permission, never for a role.

Scopes: ALL every row; OWN one's own; GROUP one's own organisation's; BOARD one's own board's; COUNTS figures
without rows; PUBLIC rows of public level; MEMBER rows of member level too; ASSIGNED what was assigned.
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    READ_PUBLIC = "read public pages"
    READ_PROJECTS = "read open projects"
    READ_DEMANDS = "read demands"
    EDIT_DEMAND = "create or edit demand"
    TRIAGE_DEMAND = "triage demand"
    EDIT_PROJECT = "create or edit project"
    APPROVE_PROJECT = "approve project"
    AMEND_PROJECT = "change or withdraw an approved project"
    REVIEW_PAY = "review pay under the floor"
    SUBMIT_APPLICATION = "submit or change application"
    READ_APPLICATIONS = "read applications before close"
    RANK_APPLICANTS = "rank applicants"
    RUN_ROUND = "open, close, run a round"
    PUBLISH_MATCH = "publish a match"
    OBJECT_TO_MATCH = "object to a match"
    ANSWER_OBJECTION = "answer an objection"
    READ_MATCH_FILES = "download instance and result"
    SIGN_AGREEMENT = "sign agreement"
    NOMINATE_MENTOR = "nominate mentor"
    APPROVE_MENTOR = "approve mentor"
    WRITE_LOG = "write supervision log"
    CONFIRM_LOG = "confirm log"
    OVERSEE_SUPERVISION = "oversee supervision"
    RECORD_BASE = "record a base"
    APPLY_MEMBERSHIP = "apply for membership or base"
    CHECK_MEMBERSHIP = "check membership or base"
    RECORD_MEMBERSHIP = "record a membership"
    KEEP_SEATS = "keep bodies and seats"
    NAME_DELEGATE = "name the delegate of a seat"
    KEEP_AGREEMENTS = "keep agreements"
    RECORD_STUDENT = "record a student"
    INVITE = "invite people"
    READ_AUDIT = "audit trail"
    MANAGE_ACCOUNTS = "accounts and roles"
    READ_OUTBOX = "read failed messages"
    REPORT = "report and snapshot"


class Scope(StrEnum):
    ALL = "a"
    OWN = "o"
    GROUP = "g"
    BOARD = "b"
    COUNTS = "counts"
    PUBLIC = "p"
    MEMBER = "m"
    ASSIGNED = "assigned"


P, S = Permission, Scope


class Role:
    """One role: `key` as stored, `code` as the table abbreviates it, `shell` the navigation it sees."""

    key = code = shell = ""
    label = sentence = ""
    needs_organisation = False
    needs_board = False
    grants: dict[Permission, tuple[Scope, ...]] = {}


class Student(Role):
    key, code, shell = "student", "ST", "student"
    label = _("Student")
    sentence = _("Browses projects, hands in a ranked list, answers the result.")
    grants = {
        P.READ_PUBLIC: (S.ALL,),
        P.READ_PROJECTS: (S.ALL,),
        P.READ_DEMANDS: (S.PUBLIC,),
        P.SUBMIT_APPLICATION: (S.OWN,),
        P.READ_APPLICATIONS: (S.OWN,),
        P.OBJECT_TO_MATCH: (S.OWN,),
        P.SIGN_AGREEMENT: (S.OWN,),
        P.CONFIRM_LOG: (S.OWN,),
    }


class AcademicMentor(Role):
    key, code, shell = "academic_mentor", "AM", "mentor"
    label = _("Academic mentor")
    sentence = _("Supervises students at the university and scores applicants of own projects.")
    grants = {
        P.READ_PUBLIC: (S.ALL,),
        P.READ_PROJECTS: (S.ALL,),
        P.READ_DEMANDS: (S.MEMBER,),
        P.EDIT_PROJECT: (S.OWN,),
        P.RANK_APPLICANTS: (S.OWN,),
        P.OBJECT_TO_MATCH: (S.OWN,),
        P.SIGN_AGREEMENT: (S.OWN,),
        P.WRITE_LOG: (S.OWN,),
    }


class IndustryMentor(AcademicMentor):
    key, code, shell = "industry_mentor", "IM", "mentor"
    label = _("Industry mentor")
    sentence = _("Supervises students at the enterprise and scores applicants of own projects.")


class EnterpriseAdministrator(Role):
    key, code, shell = "enterprise_admin", "EA", "enterprise"
    label = _("Enterprise administrator")
    sentence = _("States demands, turns them into projects and scores applicants for the own organisation.")
    needs_organisation = True
    grants = {
        P.READ_PUBLIC: (S.ALL,),
        P.READ_PROJECTS: (S.MEMBER, S.GROUP),
        P.READ_DEMANDS: (S.MEMBER, S.GROUP),
        P.EDIT_DEMAND: (S.GROUP,),
        P.EDIT_PROJECT: (S.GROUP,),
        P.RANK_APPLICANTS: (S.GROUP,),
        P.OBJECT_TO_MATCH: (S.GROUP,),
        P.SIGN_AGREEMENT: (S.GROUP,),
        P.NOMINATE_MENTOR: (S.GROUP,),
        P.APPLY_MEMBERSHIP: (S.GROUP,),
        P.NAME_DELEGATE: (S.GROUP,),
        P.INVITE: (S.GROUP,),
        P.REPORT: (S.GROUP,),
    }


class BaseManager(Role):
    key, code, shell = "base_manager", "BM", "enterprise"
    label = _("Base manager")
    sentence = _("Looks after a practice base and drafts projects for it.")
    needs_organisation = True
    grants = {
        P.READ_PUBLIC: (S.ALL,),
        P.READ_PROJECTS: (S.MEMBER, S.GROUP),
        P.READ_DEMANDS: (S.MEMBER, S.GROUP),
        P.EDIT_PROJECT: (S.GROUP,),
        P.SIGN_AGREEMENT: (S.GROUP,),
        P.NOMINATE_MENTOR: (S.GROUP,),
        P.APPLY_MEMBERSHIP: (S.GROUP,),
        P.REPORT: (S.GROUP,),
    }


class GraduateOfficer(Role):
    key, code, shell = "graduate_officer", "GS", "staff"
    label = _("Graduate school officer")
    sentence = _("Prepares and runs rounds, approves projects, keeps students and mentors.")
    grants = {
        P.READ_PUBLIC: (S.ALL,),
        P.READ_PROJECTS: (S.ALL,),
        P.READ_DEMANDS: (S.ALL,),
        P.APPROVE_PROJECT: (S.ALL,),
        P.AMEND_PROJECT: (S.ALL,),
        P.REVIEW_PAY: (S.ALL,),
        P.READ_APPLICATIONS: (S.COUNTS,),
        P.RUN_ROUND: (S.ALL,),
        P.PUBLISH_MATCH: (S.ALL,),
        P.ANSWER_OBJECTION: (S.ALL,),
        P.READ_MATCH_FILES: (S.ALL,),
        P.SIGN_AGREEMENT: (S.ALL,),
        P.NOMINATE_MENTOR: (S.ALL,),
        P.APPROVE_MENTOR: (S.ALL,),
        P.OVERSEE_SUPERVISION: (S.ALL,),
        P.RECORD_BASE: (S.ALL,),
        P.RECORD_STUDENT: (S.ALL,),
        P.KEEP_AGREEMENTS: (S.ALL,),
        P.INVITE: (S.ALL,),
        P.REPORT: (S.ALL,),
    }


class BoardOfficer(Role):
    key, code, shell = "board_officer", "BO", "staff"
    label = _("Board officer")
    sentence = _("Answers the demands of the own board and approves its projects.")
    needs_board = True
    grants = {
        P.READ_PUBLIC: (S.ALL,),
        P.READ_PROJECTS: (S.ALL,),
        P.READ_DEMANDS: (S.BOARD,),
        P.TRIAGE_DEMAND: (S.BOARD,),
        P.APPROVE_PROJECT: (S.BOARD,),
        P.CHECK_MEMBERSHIP: (S.BOARD,),
        P.REPORT: (S.ALL,),
    }


class Secretary(Role):
    key, code, shell = "secretary", "SE", "staff"
    label = _("Secretariat")
    sentence = _("Keeps members, bases and demands, and runs rounds with a second person.")
    grants = {
        P.READ_PUBLIC: (S.ALL,),
        P.READ_PROJECTS: (S.ALL,),
        P.READ_DEMANDS: (S.ALL,),
        P.EDIT_DEMAND: (S.ALL,),
        P.TRIAGE_DEMAND: (S.ALL,),
        P.APPROVE_PROJECT: (S.ALL,),
        P.READ_APPLICATIONS: (S.COUNTS,),
        P.RUN_ROUND: (S.ALL,),
        P.ANSWER_OBJECTION: (S.ALL,),
        P.READ_MATCH_FILES: (S.ALL,),
        P.APPROVE_MENTOR: (S.ALL,),
        P.RECORD_BASE: (S.ALL,),
        P.CHECK_MEMBERSHIP: (S.ALL,),
        P.RECORD_MEMBERSHIP: (S.ALL,),
        P.KEEP_SEATS: (S.ALL,),
        P.NAME_DELEGATE: (S.ALL,),
        P.KEEP_AGREEMENTS: (S.ALL,),
        P.INVITE: (S.ALL,),
        P.READ_OUTBOX: (S.ALL,),
        P.REPORT: (S.ALL,),
    }


class CouncilDirector(Role):
    key, code, shell = "council_director", "CD", "staff"
    label = _("Council director")
    sentence = _("Holds a seat in a council and reads its papers.")
    grants = {
        P.READ_PUBLIC: (S.ALL,),
        P.READ_PROJECTS: (S.ALL,),
        P.READ_DEMANDS: (S.MEMBER,),
        P.REPORT: (S.ALL,),
    }


class Expert(Role):
    key, code, shell = "expert", "ER", "staff"
    label = _("Expert reviewer")
    sentence = _("Reviews what was assigned, without knowing whose it is.")
    grants = {P.READ_PUBLIC: (S.ALL,), P.READ_PROJECTS: (S.PUBLIC,), P.READ_DEMANDS: (S.PUBLIC,)}


class Auditor(Role):
    key, code, shell = "auditor", "AU", "staff"
    label = _("Auditor")
    sentence = _("Reads everything that proves a figure or a result, and changes nothing.")
    grants = {
        P.READ_PUBLIC: (S.ALL,),
        P.READ_PROJECTS: (S.ALL,),
        P.READ_DEMANDS: (S.ALL,),
        P.READ_MATCH_FILES: (S.ALL,),
        P.READ_AUDIT: (S.ALL,),
        P.REPORT: (S.ALL,),
    }


class DataProtectionOfficer(Role):
    key, code, shell = "data_protection_officer", "DP", "staff"
    label = _("Data protection officer")
    sentence = _("Answers requests about personal data.")
    grants = {P.READ_PUBLIC: (S.ALL,), P.READ_PROJECTS: (S.PUBLIC,), P.READ_DEMANDS: (S.PUBLIC,)}


class SystemAdministrator(Role):
    key, code, shell = "system_admin", "SA", "staff"
    label = _("System administrator")
    sentence = _("Keeps accounts and roles; does not see content that is not public.")
    grants = {
        P.READ_PUBLIC: (S.ALL,),
        P.READ_PROJECTS: (S.ALL,),
        P.MANAGE_ACCOUNTS: (S.ALL,),
        P.INVITE: (S.ALL,),
        P.READ_OUTBOX: (S.ALL,),
    }


class Anonymous(Role):
    key, code, shell = "anonymous", "AN", "public"
    label = _("Visitor")
    sentence = _("Reads what is public.")
    grants = {P.READ_PUBLIC: (S.ALL,), P.READ_PROJECTS: (S.PUBLIC,), P.READ_DEMANDS: (S.PUBLIC,)}


ROLES = {
    role.key: role
    for role in (
        Student,
        AcademicMentor,
        IndustryMentor,
        EnterpriseAdministrator,
        BaseManager,
        GraduateOfficer,
        BoardOfficer,
        Secretary,
        CouncilDirector,
        Expert,
        Auditor,
        DataProtectionOfficer,
        SystemAdministrator,
    )
}
STAFF_ROLES = {key for key, role in ROLES.items() if role.shell == "staff"}
