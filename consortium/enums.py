"""Words with a fixed set of values, named by the glossary; beside each life cycle its table of allowed moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrganisationKind(TextChoices):
    ENTERPRISE = "enterprise", _("Enterprise")
    UNIVERSITY = "university", _("University")
    UNIVERSITY_FOREIGN = "university_foreign", _("Foreign university")
    COLLEGE = "university_unit", _("University unit")
    RESEARCH_INSTITUTE = "research_institute", _("Research institute")
    JOINT_INSTITUTE = "joint_institute", _("Joint institute")
    HOSPITAL = "hospital", _("Hospital")
    TESTING_CENTRE = "testing_centre", _("Testing centre")
    GOVERNMENT = "government", _("Government")
    GOVERNMENT_AGENCY = "government_agency", _("Government agency")
    INDUSTRIAL_PARK = "industrial_park", _("Industrial park")
    STEERING_COMMITTEE = "steering_committee", _("Steering committee")
    ASSOCIATION = "association", _("Association")
    OPERATING_ENTITY = "operating_entity", _("Operating entity")


class NameKind(TextChoices):
    OTHER = "other", _("Other name")
    FORMER = "former", _("Former name")


class MergeFate(TextChoices):
    """What becomes of a row of the record that goes."""

    MOVED = "moved", _("moves to the kept record")
    CLOSED = "closed", _("moves and ends today")
    DROPPED = "dropped", _("stays with the merge only")


class ReminderKind(TextChoices):
    RENEWAL = "renewal", _("Renewal of the membership")
    RECORD = "record", _("Credit code missing")


class ReminderState(TextChoices):
    WAITING = "waiting", _("Waits for a second look")
    SENT = "sent", _("Sent")
    TAKEN_BACK = "taken_back", _("Taken back")


class FactorResetState(TextChoices):
    WAITING = "waiting", _("Waits for a second administrator")
    DONE = "done", _("Reset")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ReminderFate(TextChoices):
    MAIL = "mail", _("by mail")
    CALL = "call", _("no address: to be called")


class BodyKind(TextChoices):
    CONSORTIUM = "consortium", _("Consortium")
    LEADING_GROUP = "leading_group", _("Leading group")
    COUNCIL = "council", _("Council")
    ALLIANCE = "alliance", _("Alliance")
    SECRETARIAT = "secretariat", _("Secretariat")
    EXPERT_COMMITTEE = "expert_committee", _("Expert committee")
    BOARD = "board", _("Board")


class BoardCode(TextChoices):
    INTEGRATION = "integration", _("Industry-education integration board")
    TECHNOLOGY = "technology", _("Science and technology service board")
    ENTERPRISE = "enterprise", _("Enterprise service board")
    GENERAL = "general", _("General management board")


class PartyRole(TextChoices):
    """Roles of an organisation in the consortium, each a dated and sourced record, never one field."""

    LEAD = "lead", _("Lead")
    CO_LEAD = "co_lead", _("One of the leads")
    CHAIR_UNIT = "chair_unit", _("Chair unit")
    DIRECTOR_UNIT = "director_unit", _("Director unit")
    MEMBER_UNIT = "member_unit", _("Member unit")
    GUIDING_GOVERNMENT = "guiding_government", _("Guiding government body")
    PARTNER = "partner", _("Partner named in the document")


class SeatPost(TextChoices):
    """What a unit does in a body: one presides at a time, others stand in for it, the rest sit."""

    CHAIR = "chair", pgettext_lazy("seat", "Chair unit")
    DEPUTY = "deputy", pgettext_lazy("seat", "Deputy chair unit")
    SEAT = "seat", pgettext_lazy("seat", "Seat")


class SeatEnd(TextChoices):
    """Why a seat ended before its term by another act; where it was ended by itself, its reason is in words."""

    HANDED_OVER = "handed_over", _("Handed over to the unit that follows.")
    TOOK_OVER = "took_over", _("Given up for another seat in this body.")


class MembershipRank(TextChoices):
    CHAIR_UNIT = "chair_unit", _("Chair unit")
    DIRECTOR_UNIT = "director_unit", _("Director unit")
    MEMBER_UNIT = "member_unit", _("Member unit")


class MembershipState(TextChoices):
    RECORDED = "recorded", _("Recorded, to be confirmed")
    TO_BEGIN = "to_begin", _("Decided, to begin")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", pgettext_lazy("membership", "Suspended")
    ENDED = "ended", _("Ended")
    LAPSED = "lapsed", pgettext_lazy("membership", "Lapsed")
    REMOVED = "removed", pgettext_lazy("membership", "Removed")


class AgreementKind(TextChoices):
    FRAMEWORK = "framework", pgettext_lazy("agreement", "Framework of cooperation")
    BASE = "base", pgettext_lazy("agreement", "Practice base")
    TRAINING = "training", pgettext_lazy("agreement", "Joint training")
    RESEARCH = "research", pgettext_lazy("agreement", "Joint research")
    CONFIDENTIALITY = "confidentiality", pgettext_lazy("agreement", "Data and confidentiality")
    OTHER = "other", pgettext_lazy("agreement", "Other agreement")


class AgreementState(TextChoices):
    DRAFT = "draft", pgettext_lazy("agreement", "Being drawn up")
    SIGNING = "signing", pgettext_lazy("agreement", "Being signed")
    IN_FORCE = "in_force", pgettext_lazy("agreement", "In force")
    ENDED = "ended", pgettext_lazy("agreement", "Ended")
    TERMINATED = "terminated", pgettext_lazy("agreement", "Ended early")
    WITHDRAWN = "withdrawn", pgettext_lazy("agreement", "Not concluded")


class AgreementDisclosure(TextChoices):
    PARTIES = "parties", pgettext_lazy("agreement", "Its parties and the offices alone")
    PUBLIC = "public", pgettext_lazy("agreement", "Everybody, without its text")


AGREEMENT_OVER = (AgreementState.ENDED, AgreementState.TERMINATED, AgreementState.WITHDRAWN)
# What once was signed by all, and so is a fact of its parties.
AGREEMENT_CONCLUDED = (AgreementState.IN_FORCE, AgreementState.ENDED, AgreementState.TERMINATED)

# Why the clock ended a membership: people write a reason in words, the clock leaves a code.
MEMBERSHIP_END_WORDS = {"followed": _("followed by another term or rank")}
MEMBERSHIP_MOVES = {
    MembershipState.RECORDED: {MembershipState.ACTIVE, MembershipState.ENDED},
    MembershipState.TO_BEGIN: {MembershipState.ACTIVE, MembershipState.SUSPENDED, MembershipState.ENDED},
    MembershipState.ACTIVE: {
        MembershipState.SUSPENDED,
        MembershipState.ENDED,
        MembershipState.LAPSED,
        MembershipState.REMOVED,
    },
    MembershipState.SUSPENDED: {
        MembershipState.ACTIVE,
        MembershipState.ENDED,
        MembershipState.LAPSED,
        MembershipState.REMOVED,
    },
}
# Over, with a last day; the days before it count.
MEMBERSHIP_OVER = (MembershipState.ENDED, MembershipState.LAPSED, MembershipState.REMOVED)
MEMBERSHIP_OPEN = tuple(state for state in MembershipState if state not in MEMBERSHIP_OVER)


class MembershipApplicationKind(TextChoices):
    ADMISSION = "admission", _("Admission")
    RENEWAL = "renewal", _("Renewal")
    RANK_CHANGE = "rank_change", _("Change of rank")


class MembershipApplicationState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", pgettext_lazy("membership application", "To be checked")
    RETURNED = "returned", pgettext_lazy("membership application", "Returned to be mended")
    CHECKED = "checked", pgettext_lazy("membership application", "Ready for the vote")
    UNDER_VOTE = "under_vote", pgettext_lazy("membership application", "Under vote")
    DECIDED = "decided", pgettext_lazy("membership application", "Resolution to be confirmed")
    APPROVED = "approved", pgettext_lazy("membership application", "Approved")
    PUBLIC_NOTICE = "public_notice", pgettext_lazy("membership application", "On public notice")
    IN_FORCE = "in_force", pgettext_lazy("membership application", "In force")
    REJECTED = "rejected", pgettext_lazy("membership application", "Not admitted")
    WITHDRAWN = "withdrawn", pgettext_lazy("membership application", "Withdrawn")
    TURNED_AWAY = "turned_away", pgettext_lazy("membership application", "Turned away")
    EXPIRED = "expired", pgettext_lazy("membership application", "Expired")


_M = MembershipApplicationState
MEMBERSHIP_APPLICATION_MOVES = {
    _M.DRAFT: {_M.SUBMITTED, _M.WITHDRAWN},
    _M.SUBMITTED: {_M.RETURNED, _M.CHECKED, _M.WITHDRAWN, _M.TURNED_AWAY},
    _M.RETURNED: {_M.SUBMITTED, _M.WITHDRAWN, _M.TURNED_AWAY, _M.EXPIRED},
    _M.CHECKED: {_M.UNDER_VOTE, _M.RETURNED, _M.WITHDRAWN, _M.TURNED_AWAY},
    _M.UNDER_VOTE: {_M.DECIDED, _M.REJECTED, _M.WITHDRAWN},
    _M.DECIDED: {_M.APPROVED, _M.UNDER_VOTE},
    _M.APPROVED: {_M.PUBLIC_NOTICE, _M.IN_FORCE},
    _M.PUBLIC_NOTICE: {_M.IN_FORCE, _M.CHECKED, _M.EXPIRED},
}
# Closed without a membership.
MEMBERSHIP_APPLICATION_ENDED = (_M.REJECTED, _M.WITHDRAWN, _M.TURNED_AWAY, _M.EXPIRED)
# Why the clock closed an application: people write a reason in words, the clock leaves a code.
MEMBERSHIP_CLOSED_WORDS = {
    "link_ended": _("The link ended before the application was handed in."),
    "not_mended": _("It was not mended and handed in again in time."),
    "term_over": _("The term whose rank it would have changed was over before the notice was."),
}
# An organisation has one of these at a time in one council.
MEMBERSHIP_APPLICATION_OPEN = (
    _M.DRAFT,
    _M.SUBMITTED,
    _M.RETURNED,
    _M.CHECKED,
    _M.UNDER_VOTE,
    _M.DECIDED,
    _M.APPROVED,
    _M.PUBLIC_NOTICE,
)
MEMBERSHIP_APPLICATION_AFTER_CHECK = (
    _M.CHECKED,
    _M.UNDER_VOTE,
    _M.DECIDED,
    _M.APPROVED,
    _M.PUBLIC_NOTICE,
    _M.IN_FORCE,
    _M.REJECTED,
)
# Checked and on its way to a decision: from here on a credit code stands for one application.
MEMBERSHIP_APPLICATION_DECIDING = (_M.CHECKED, _M.UNDER_VOTE, _M.DECIDED, _M.APPROVED, _M.PUBLIC_NOTICE)
MEMBERSHIP_APPLICATION_RESOLVED = (_M.DECIDED, _M.APPROVED, _M.PUBLIC_NOTICE, _M.IN_FORCE)


class MembershipDocumentKind(TextChoices):
    LICENCE = "licence", _("Business licence or registration certificate")
    LETTER = "letter", _("Letter of application, signed and sealed")
    CONDITIONS = "conditions", _("Conditions for taking students")
    LISTS = "lists", _("Three lists: products, technology, people")
    INTEGRITY = "integrity", _("Statement of good faith")


MEMBERSHIP_DOCUMENTS_NEEDED = (MembershipDocumentKind.LICENCE, MembershipDocumentKind.LETTER)


class MembershipCheckItem(TextChoices):
    CODE = "code", _("The credit code is valid")
    NAME = "name", _("The name agrees with the licence")
    DOUBLE = "double", _("No other record of this unit")
    DOCUMENTS = "documents", _("The documents are complete")


class PlatformClass(TextChoices):
    CONSORTIUM = "platform_consortium", _("Industry-education consortium")
    ENGINEER_COLLEGE = "platform_engineer_college", _("College of excellent engineers")
    INDUSTRY_COLLEGE = "platform_industry_college", _("Modern industry college")
    WORKSTATION = "platform_workstation", _("Graduate workstation")


class VehicleClass(TextChoices):
    JOINT_ACADEMY = "vehicle_joint_academy", _("Joint academy (international innovation park)")
    RESEARCH_INSTITUTE = "vehicle_research_institute", _("Research institute (TIB)")
    SCIENCE_PARK = "vehicle_science_park", _("University science park")
    INCUBATOR = "vehicle_incubator", _("Enterprise incubator")


class RecordKind(TextChoices):
    """Other named things of the source document, shown with their line and nothing more."""

    HONOUR = "Honour", _("Honour")
    EVENT = "Event", _("Event")
    AGREEMENT = "Agreement", _("Agreement")
    CLUSTER_MEMBER = "ClusterMember", _("Member of the innovation platform cluster")
    DEGREE_PROGRAMME = "DegreeProgramme", _("Degree programme")
    PROGRAMME = "Programme", _("Support programme")
    CASE_COLLECTION = "CaseCollection", _("Case collection")
    TEACHING_RESOURCE = "TeachingResource", _("Teaching resource")
    PARTY_BRANCH = "PartyBranch", _("Party branch")
    MEDIA_OUTLET = "MediaOutlet", _("Media outlet")


class Degree(TextChoices):
    MASTER = "master", _("Master")
    DOCTOR = "doctor", _("Doctor")


class TalentType(TextChoices):
    INDUSTRIAL = "industrial", _("Industrial engineer")
    SCIENTIST = "scientist", _("Scientist engineer")
    ENTREPRENEUR = "entrepreneur", _("Entrepreneur engineer")


class SkillGroup(TextChoices):
    UPSTREAM = "upstream", _("Upstream process")
    DOWNSTREAM = "downstream", _("Downstream process")
    ANALYTICS = "analytics", _("Analytics")
    MOLECULAR = "molecular", _("Molecular biology")
    DATA = "data", _("Data")
    QUALITY = "quality", _("Quality")
    CLINICAL = "clinical", _("Clinical")
    EQUIPMENT = "equipment", _("Equipment")


class JobState(TextChoices):
    QUEUED = "queued", _("Waiting for a worker")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Stopped")


class OutboxState(TextChoices):
    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class ImportState(TextChoices):
    """Where an import of a list stands. Nothing of the register is touched before `WRITING`."""

    TESTING = "testing", pgettext_lazy("import", "Being tested")
    UNMATCHED = "unmatched", pgettext_lazy("import", "Columns to be matched")
    UNREADABLE = "unreadable", pgettext_lazy("import", "Could not be read")
    TESTED = "tested", pgettext_lazy("import", "Tested, nothing written")
    WRITING = "writing", pgettext_lazy("import", "Being written")
    WRITTEN = "written", pgettext_lazy("import", "Imported")
    UNDOING = "undoing", pgettext_lazy("import", "Being undone")
    UNDONE = "undone", pgettext_lazy("import", "Undone")


_I = ImportState
IMPORT_MOVES = {
    _I.TESTING: {_I.UNMATCHED, _I.UNREADABLE, _I.TESTED},
    _I.UNMATCHED: {_I.TESTING},
    _I.UNREADABLE: {_I.TESTING},
    _I.TESTED: {_I.TESTING, _I.WRITING},
    _I.WRITING: {_I.WRITTEN, _I.UNDOING},
    _I.WRITTEN: {_I.UNDOING},
    _I.UNDOING: {_I.UNDONE},
}


class ImportOutcome(TextChoices):
    """What the test found a row to be."""

    NEW = "new", pgettext_lazy("row of an import", "New")
    CHANGED = "changed", pgettext_lazy("row of an import", "Changed")
    SAME = "same", pgettext_lazy("row of an import", "Unchanged")
    ALIKE = "alike", pgettext_lazy("row of an import", "Perhaps the same")
    FAULTY = "faulty", pgettext_lazy("row of an import", "To be mended")


class ImportDecision(TextChoices):
    """What a person says of a row that is perhaps the same as a record."""

    OPEN = "", pgettext_lazy("row of an import", "Leave out")
    MERGE = "merge", pgettext_lazy("row of an import", "It is the same")
    NEW = "new", pgettext_lazy("row of an import", "It is another")


class ImportFate(TextChoices):
    """What became of a row when the list was written, and undone."""

    WAITING = "waiting", pgettext_lazy("row of an import", "Not written")
    WRITTEN = "written", pgettext_lazy("row of an import", "Written")
    LEFT_OUT = "left_out", pgettext_lazy("row of an import", "Left out")
    UNDONE = "undone", pgettext_lazy("row of an import", "Taken back")
    KEPT = "kept", pgettext_lazy("row of an import", "Stays: changed or used since")
