"""The rule by which places are given, and what it promises."""

from django.utils.translation import gettext as _


def rule_label(rule):
    """The rule's name for people."""
    return {
        "stable": _("Stable matching"),
        "serial": _("One order of choosing"),
        "fair": _("Fair matching"),
        "maximum": _("Most students placed"),
    }.get(rule, rule)


def promise(rule):
    """What the rule promises, in one sentence."""
    return {
        "stable": _(
            "No student and no project would both rather have each other than what they got, "
            "and each student gets the best place that any such result allows."
        ),
        "serial": _(
            "Students choose one after the other in one order, so everybody gets the best place still free."
        ),
    }.get(rule, "")
