"""An office of three people that takes an application as far as a test wants it, and resolutions for measures."""

from datetime import timedelta

from consortium import clock
from consortium.actions import membership_decision as actions
from consortium.actions import membership_term
from tests.factories import make_application, make_paper, make_user


class Office:
    """Three people of the secretariat: one works, one confirms, one answers."""

    def __init__(self):
        self.first, self.second, self.third = (make_user("secretary") for _ in range(3))

    def application(self, state="public_notice", **given):
        application = make_application(state="checked", by=self.first, **given)
        for reached, step in (
            ("under_vote", self.vote),
            ("decided", self.decide),
            ("approved", self.confirm),
            ("public_notice", self.announce),
        ):
            if application.state == state:
                break
            step(application)
            assert application.state == reached
        return application

    def vote(self, application):
        actions.put_to_vote(application=application, by=self.first, voting="meeting", vote_day=clock.today())

    def decide(self, application, **given):
        figures = {
            "number": f"示例〔{application.pk}〕号",
            "passed_on": clock.today(),
            "entitled": 26,
            "present": 17,
            "votes_yes": 15,
            "votes_no": 1,
            "abstentions": 1,
            "minutes": make_paper("纪要.pdf"),
            "rank": "member_unit",
        } | given
        actions.record_resolution(application=application, by=self.first, **figures)

    def confirm(self, application):
        actions.confirm_resolution(application=application, by=self.second)

    def announce(self, application):
        actions.start_notice(application=application, by=self.first, title="公示", text="公示正文")


def later(days=10):
    return clock.moved(timedelta(days=days))


def object_to(application, **given):
    return actions.object_to(
        **{
            "notice": application.notice,
            "name": "示例异议人",
            "contact": "a@example.invalid",
            "text": "材料不实，请核对。",
        }
        | given
    )


def resolution_of(council, *, confirmed=True, number="示例〔88〕号"):
    first, second = make_user("secretary"), make_user("secretary")
    resolution = membership_term.record_council_resolution(
        by=first,
        council=council,
        number=number,
        passed_on=clock.today(),
        entitled=27,
        present=20,
        votes_yes=18,
        votes_no=1,
        abstentions=1,
        minutes=make_paper("纪要.pdf"),
    )
    if confirmed:
        membership_term.confirm_council_resolution(resolution=resolution, by=second)
    return resolution
