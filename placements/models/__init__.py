"""What we do together, one module per noun."""

from placements.models.application import Application, ApplicationVersion, DraftChoice, Preference
from placements.models.base import Base, BaseAccreditation
from placements.models.demand import Demand, DemandEntry
from placements.models.project import Project, ProjectChange, ProjectWords
from placements.models.result import MatchResult, MatchRun, Objection, Placement
from placements.models.round import (
    MatchingRound,
    ProjectScore,
    RoundCap,
    RoundProject,
    RoundRequest,
    RoundStudent,
)

__all__ = [
    "Application",
    "ApplicationVersion",
    "Base",
    "BaseAccreditation",
    "Demand",
    "DemandEntry",
    "DraftChoice",
    "MatchResult",
    "MatchRun",
    "MatchingRound",
    "Objection",
    "Placement",
    "Preference",
    "Project",
    "ProjectChange",
    "ProjectScore",
    "ProjectWords",
    "RoundCap",
    "RoundProject",
    "RoundRequest",
    "RoundStudent",
]
