"""The ground's tables, one module per noun."""

from consortium.models.agreement import Agreement, AgreementParty, AgreementSignature, AgreementText
from consortium.models.audit import AuditEvent, AuditHead
from consortium.models.calendar import CalendarDay
from consortium.models.document import DocumentRecord, Platform, Sourced, Vehicle
from consortium.models.factor_reset import FactorReset
from consortium.models.file import StoredFile
from consortium.models.form_key import FormKey
from consortium.models.invitation import Invitation
from consortium.models.job import Job
from consortium.models.list_import import ImportJob, ImportRow
from consortium.models.membership_application import (
    MembershipApplication,
    MembershipCertificate,
    MembershipDocument,
    MembershipObjection,
)
from consortium.models.merge import OrganisationMerge, OrganisationMergeRow
from consortium.models.message import Notification, OutboxMessage, QuietMail, SentMail
from consortium.models.notice import PublicNotice
from consortium.models.organisation import (
    GovernanceBody,
    Membership,
    Organisation,
    OrganisationAlias,
    OrganisationContact,
    OrganisationRole,
    OrganisationWords,
    Resolution,
)
from consortium.models.policy import PolicyValue
from consortium.models.reminder import Reminder, ReminderUnit, SavedFilter
from consortium.models.seat import Seat, SeatDelegate
from consortium.models.student import Skill, StudentProfile
from consortium.models.user import RoleGrant, User

__all__ = [
    "Agreement",
    "AgreementParty",
    "AgreementSignature",
    "AgreementText",
    "AuditEvent",
    "AuditHead",
    "CalendarDay",
    "DocumentRecord",
    "FactorReset",
    "FormKey",
    "GovernanceBody",
    "ImportJob",
    "ImportRow",
    "Invitation",
    "Job",
    "Membership",
    "MembershipApplication",
    "MembershipCertificate",
    "MembershipDocument",
    "MembershipObjection",
    "Notification",
    "Organisation",
    "OrganisationAlias",
    "OrganisationContact",
    "OrganisationMerge",
    "OrganisationMergeRow",
    "OrganisationRole",
    "OrganisationWords",
    "OutboxMessage",
    "Platform",
    "PolicyValue",
    "PublicNotice",
    "QuietMail",
    "Reminder",
    "ReminderUnit",
    "Resolution",
    "RoleGrant",
    "Seat",
    "SeatDelegate",
    "SavedFilter",
    "SentMail",
    "Skill",
    "Sourced",
    "StoredFile",
    "StudentProfile",
    "User",
    "Vehicle",
]
