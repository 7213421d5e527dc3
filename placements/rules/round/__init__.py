"""What a round asks before each step: who may act, what the check before opening finds, what is locked, what bars freezing."""

from consortium.reach import names
from consortium.rules.permission import ask_another_person, ask_permission
from placements.rules.round.crossing import crossing_sentence
from placements.rules.round.freezing import freezing_obstacle
from placements.rules.round.locks import caps_lock, settings_lock
from placements.rules.round.people import (
    answerers,
    ask_not_the_runner,
    ask_publisher,
    is_barred_as_runner,
    publishers,
    publishers_to_tell,
)
from placements.rules.round.promise import promise, rule_label
from placements.rules.round.readiness import BARS, STOPS, WARNS, is_base_valid, readiness

__all__ = [
    "BARS",
    "STOPS",
    "WARNS",
    "answerers",
    "ask_another_person",
    "ask_not_the_runner",
    "ask_permission",
    "ask_publisher",
    "caps_lock",
    "crossing_sentence",
    "freezing_obstacle",
    "is_barred_as_runner",
    "is_base_valid",
    "names",
    "promise",
    "publishers",
    "publishers_to_tell",
    "readiness",
    "rule_label",
    "settings_lock",
]
