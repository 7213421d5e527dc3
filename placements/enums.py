"""States and kinds of what we do together; beside each life cycle its table of allowed moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BaseKind(TextChoices):
    TRAINING = "training_base", _("Training base")
    DEMONSTRATION = "demonstration_base", _("Demonstration base")
    PRACTICE = "practice_base", _("Practice base")


class DemandList(TextChoices):
    PRODUCT = "product", _("Product")
    TECHNOLOGY = "technology", _("Technology")
    TALENT = "talent", _("Talent")


class Level(TextChoices):
    """Who may read: everybody, members and staff, or the organisation, its board and the secretariat alone."""

    PUBLIC = "public", _("Public")
    MEMBER = "member", _("Members of the consortium")
    BOARD = "board", _("The board only")


class DemandState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "demand_submitted", _("Submitted")
    TRIAGED = "triaged", _("With the board")
    MORE_WANTED = "more_wanted", _("More information wanted")
    RESPONDED = "responded", _("Answered")
    DRAFTED = "drafted", _("Turned into a project")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


DEMAND_MOVES = {
    DemandState.DRAFT: {DemandState.SUBMITTED, DemandState.WITHDRAWN},
    DemandState.SUBMITTED: {
        DemandState.TRIAGED,
        DemandState.MORE_WANTED,
        DemandState.RESPONDED,
        DemandState.RETURNED,
        DemandState.WITHDRAWN,
    },
    DemandState.TRIAGED: {
        DemandState.TRIAGED,
        DemandState.MORE_WANTED,
        DemandState.RESPONDED,
        DemandState.RETURNED,
        DemandState.WITHDRAWN,
    },
    DemandState.MORE_WANTED: {DemandState.TRIAGED, DemandState.WITHDRAWN},
    DemandState.RESPONDED: {DemandState.DRAFTED, DemandState.WITHDRAWN},
    DemandState.RETURNED: {DemandState.SUBMITTED, DemandState.WITHDRAWN},
    # When its project is withdrawn the board's answer stands again: another project, or withdraw the demand too.
    DemandState.DRAFTED: {DemandState.RESPONDED},
}


class ProjectState(TextChoices):
    DRAFTED = "drafted", _("Draft")
    SUBMITTED = "submitted", _("Waiting for approval")
    RETURNED = "returned", _("Returned for changes")
    APPROVED = "approved", _("Approved")
    OPEN = "open", _("Open for lists")
    MATCHED = "matched", _("Matched")
    WITHDRAWN = "withdrawn", _("Withdrawn")


PROJECT_MOVES = {
    ProjectState.DRAFTED: {ProjectState.SUBMITTED, ProjectState.WITHDRAWN},
    ProjectState.RETURNED: {ProjectState.SUBMITTED, ProjectState.WITHDRAWN},
    ProjectState.SUBMITTED: {ProjectState.APPROVED, ProjectState.RETURNED, ProjectState.WITHDRAWN},
    ProjectState.APPROVED: {ProjectState.OPEN, ProjectState.WITHDRAWN},
    ProjectState.OPEN: {ProjectState.MATCHED, ProjectState.APPROVED, ProjectState.WITHDRAWN},
    # Places left over enter a second round.
    ProjectState.MATCHED: {ProjectState.OPEN, ProjectState.WITHDRAWN},
}


class Field(TextChoices):
    FERMENTATION = "fermentation", _("Fermentation")
    BIOREACTOR = "bioreactor", _("Bioreactors and cell culture")
    ENZYME = "enzyme", _("Enzyme engineering")
    STRAIN = "strain", _("Strains and metabolic engineering")
    PURIFICATION = "purification", _("Separation and purification")
    QUALITY = "quality", _("Quality control and regulation")
    FORMULATION = "formulation", _("Formulation")
    CLINICAL = "clinical", _("Clinical samples and testing")
    DATA = "data", _("Data and smart manufacturing")


class Chain(TextChoices):
    EDUCATION = "education", _("Education chain")
    TALENT = "talent", _("Talent chain")
    INDUSTRY = "industry", _("Industry chain")
    INNOVATION = "innovation", _("Innovation chain")


class DegreeWanted(TextChoices):
    ANY = "any", _("Master's or doctoral students")
    MASTER = "master", _("Master's students")
    DOCTOR = "doctor", _("Doctoral students")


class Housing(TextChoices):
    PROVIDED = "provided", _("Provided")
    SUBSIDY = "subsidy", _("Subsidy")
    NONE = "none", _("Not provided")


class SafetyClass(TextChoices):
    GENERAL = "general", _("General laboratory")
    BIOSAFETY_1 = "biosafety_1", _("Biosafety level 1")
    BIOSAFETY_2 = "biosafety_2", _("Biosafety level 2")
    CHEMICAL = "chemical", _("Hazardous chemicals")
    CLEAN_ROOM = "clean_room", _("Clean room")


class RoundState(TextChoices):
    PLANNED = "planned", _("Planned")
    CONFIGURED = "configured", _("Waiting for the second person")
    OPEN = "open", _("Open for lists")
    RANKING = "ranking", _("Owners are scoring")
    READY = "ready", _("Scores complete")
    FROZEN = "frozen", _("Frozen")
    RUNNING = "running", _("Running")
    VERIFIED = "verified", _("Verified")
    PUBLIC_NOTICE = "public_notice", _("On public notice")
    PUBLISHED = "published", _("Final")
    ARCHIVED = "archived", _("Archived")
    CANCELLED = "cancelled", _("Cancelled")


# `closed` of the life cycle is no state to wait in: closing locks and hashes the lists and lets owners score at once.
ROUND_MOVES = {
    RoundState.PLANNED: {RoundState.CONFIGURED, RoundState.CANCELLED},
    RoundState.CONFIGURED: {RoundState.PLANNED, RoundState.OPEN, RoundState.CANCELLED},
    RoundState.OPEN: {RoundState.RANKING},
    RoundState.RANKING: {RoundState.READY},
    RoundState.READY: {RoundState.FROZEN},
    RoundState.FROZEN: {RoundState.RUNNING},
    RoundState.RUNNING: {RoundState.VERIFIED, RoundState.FROZEN},
    RoundState.VERIFIED: {RoundState.PUBLIC_NOTICE, RoundState.RUNNING},
    RoundState.PUBLIC_NOTICE: {RoundState.PUBLISHED, RoundState.RANKING},
    RoundState.PUBLISHED: {RoundState.ARCHIVED},
}

# Lists are locked and places not yet offered.
CLOSED_AND_UNDECIDED = (
    RoundState.RANKING,
    RoundState.READY,
    RoundState.FROZEN,
    RoundState.RUNNING,
    RoundState.VERIFIED,
    RoundState.PUBLIC_NOTICE,
)


class CapKind(TextChoices):
    MENTOR = "mentor", _("Mentor's load")
    BASE = "base", _("Base's places of the year")
    ENTERPRISE = "enterprise", _("Enterprise's quota")


class ApplicationState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LOCKED = "locked", _("Locked")


class RunState(TextChoices):
    RUNNING = "running", _("Running")
    VERIFIED = "verified", _("Verified")
    FAILED = "failed", _("Failed")


class ObjectionKind(TextChoices):
    RECORD = "record", _("My eligibility or my records are wrong")
    SCORE = "score", _("A project's score is wrong")
    RULE = "rule", _("Places or the rule were applied wrongly")
    OTHER = "other", _("Something else")


class ObjectionState(TextChoices):
    OPEN = "open", _("Waiting for an answer")
    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Not upheld")


class PlacementState(TextChoices):
    PROVISIONAL = "provisional", _("Provisional")
    OFFERED = "offered", _("Waiting for your answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Lapsed")


PLACEMENT_MOVES = {
    PlacementState.OFFERED: {PlacementState.ACCEPTED, PlacementState.DECLINED, PlacementState.LAPSED},
}
