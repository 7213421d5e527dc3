"""A whole round for tests: people, projects, lists handed in, scores, at any of its states."""

import random
import secrets
from datetime import timedelta

from consortium import clock, jobs
from placements.actions.freeze import close_round, end_scoring, freeze_round
from placements.actions.notice import start_notice
from placements.actions.round import agree_opening, plan_round, request_opening
from placements.actions.run import run_round
from placements.models import Application, ApplicationVersion, Preference, ProjectScore
from tests.factories import (
    make_appointment,
    make_base,
    make_organisation,
    make_project,
    make_student,
    make_user,
)


class Kit:
    """A sample round with its people; each method takes it one state on."""

    def __init__(self, students=6, projects=3, choices=3, seed=7, **fields):
        self.random = random.Random(seed)
        self.first = make_user("graduate_officer", name="示例甲")
        self.second = make_user("graduate_officer", name="示例乙")
        self.secretary = make_user("secretary", name="示例丙")
        self.choices = choices
        company = make_organisation()
        base = make_base(organisation=company, places_per_year=200)
        academic = [make_appointment(kind="academic_mentor", capacity=30) for _ in range(3)]
        industry = [make_appointment(organisation=company, capacity=30) for _ in range(3)]
        self.projects = [
            make_project(
                organisation=company,
                base=base,
                state="approved",
                months=12,
                degree="any",
                academic_mentor=academic[number % 3],
                industry_mentor=industry[number % 3],
                places=2,
            )
            for number in range(projects)
        ]
        self.students = [make_student() for _ in range(students)]
        moment = clock.now()
        self.round = plan_round(
            by=self.first,
            name=fields.pop("name", f"示例轮次{secrets.token_hex(3)}"),
            opens_at=moment - timedelta(hours=1),
            closes_at=moment + timedelta(days=5),
            scoring_ends_at=moment + timedelta(days=8),
            max_preferences=6,
            is_sample=True,
            **fields,
        )

    def open(self):
        """Opened by two persons."""
        request_opening(round=self.round, by=self.first)
        agree_opening(round=self.round, by=self.second)
        self.round.refresh_from_db()
        return self

    def hand_in(self, student, codes):
        """A submitted list naming round projects, in order."""
        application = Application.objects.create(
            round=self.round, student=student, state="submitted", last_version=1, saved_at=clock.now()
        )
        version = ApplicationVersion.objects.create(
            application=application,
            number=1,
            submitted_at=clock.now(),
            check_code=secrets.token_hex(4),
            form_key=secrets.token_hex(8),
        )
        Preference.objects.bulk_create(
            Preference(version=version, round_project=row, rank=rank) for rank, row in enumerate(codes, 1)
        )
        return application

    def fill(self):
        """Every student hands in a random list."""
        rows = list(self.round.round_projects.order_by("pk"))
        for student in self.students:
            self.hand_in(student, self.random.sample(rows, min(self.choices, len(rows))))
        return self

    def close(self):
        """Closed by the clock."""
        with clock.moved(self.round.closes_at - clock.now() + timedelta(seconds=1)):
            close_round(round=self.round)
        return self

    def score(self, share=0.8):
        """Most applicants get a score."""
        lists = Preference.objects.filter(round_project__round=self.round).order_by("pk")
        students = {row.student_id: row for row in self.round.round_students.order_by("pk")}
        ProjectScore.objects.bulk_create(
            ProjectScore(
                round_project_id=row.round_project_id,
                round_student=students[row.version.application.student_id],
                score=self.random.randint(1, 100),
                by=self.first,
                saved_at=clock.now(),
            )
            for row in lists.select_related("version__application")
            if self.random.random() < share
        )
        return self

    def freeze(self):
        """Scoring ended by the clock, frozen."""
        with clock.moved(self.round.scoring_ends_at - clock.now() + timedelta(seconds=1)):
            end_scoring(round=self.round)
            freeze_round(round=self.round)
        self.round.refresh_from_db()
        return self

    def frozen(self):
        """From planned to frozen in one go."""
        return self.open().fill().close().score().freeze()

    def run(self, by=None):
        """Run and verified, in this process."""
        run = run_round(round=self.round, by=by or self.first)
        jobs.run(run.job_id)
        self.round.refresh_from_db()
        run.refresh_from_db()
        return run

    def notice(self):
        """On public notice by the second person."""
        start_notice(round=self.round, by=self.second, public_note="示例公告")
        self.round.refresh_from_db()
        return self
