"""What the rules of schemes announce: messages, looks of states, what waits for a second person."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import badges
from consortium.notifications import Message, register
from consortium.registry import Duty, registry
from consortium.templatetags.portal import day_short_text
from mentors.enums import RuleState


def announce():
    """Fill the lists of the registry; called once, when the app is ready."""
    register(
        scheme_rule_to_agree=Message(
            subject=gettext_lazy("A rule of a scheme waits for a second person"),
            body=gettext_lazy(
                "It is to hold from %(since)s. Read what changes and why, and agree or withdraw it."
            ),
            action=gettext_lazy("Read the change"),
            days=("since",),
        ),
        scheme_rule_agreed=Message(
            subject=gettext_lazy("A second person agreed to your rule of a scheme"),
            body=gettext_lazy("It holds from %(since)s."),
            action=gettext_lazy("Open the page"),
            optional=True,
            days=("since",),
        ),
    )
    badges.register(
        "scheme_rule",
        RuleState,
        {
            RuleState.PROPOSED: badges.INDIGO,
            RuleState.AGREED: badges.GREEN,
            RuleState.WITHDRAWN: badges.SLATE,
        },
    )
    registry.duties.append(duties_of_second_person)


def duties_of_second_person(user, now):
    """Rules that a colleague entered and that this person can agree to."""
    from mentors.models import SchemeLimit, SupervisionMinimum
    from mentors.queries.scheme import proposed
    from mentors.rules.scheme import can_keep

    titles = {
        SupervisionMinimum: _("Least numbers of supervision from %(day)s"),
        SchemeLimit: _("Limit of appointments from %(day)s"),
    }
    return [
        Duty(
            title % {"day": day_short_text(row.since)},
            row.get_absolute_url(),
            _("Read and agree"),
            note=row.reason,
        )
        for model, title in titles.items()
        if can_keep(user, model)
        for row in proposed(model, user)[:10]
    ]
