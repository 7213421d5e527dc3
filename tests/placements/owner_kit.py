"""An enterprise with its people, a board, a graduate officer and a project that keeps every red line."""

from datetime import timedelta

from consortium import clock
from placements.actions.demand import answer_demand, save_demand, submit_demand
from placements.actions.project import draft_project, save_project, submit_project
from placements.models import (
    Application,
    ApplicationVersion,
    Preference,
    RoundStudent,
)
from tests.factories import (
    add_to_round,
    make_appointment,
    make_base,
    make_board,
    make_membership,
    make_organisation,
    make_project,
    make_round,
    make_student,
    make_user,
)

TEXT = "现在清洗固定走90分钟，水和碱液用得多。希望用电导率判断终点，把时间压到60分钟以内，明年春天前要。"
BOARDS = ("integration", "technology", "enterprise", "general")


class House:
    """People and places; the methods take a demand or a project one step on."""

    def __init__(self):
        self.boards = {code: make_board(code) for code in BOARDS}
        self.organisation = make_organisation(name="示例甲生物有限公司")
        make_membership(organisation=self.organisation)
        self.admin = make_user("enterprise_admin", organisation=self.organisation)
        self.manager = make_user("base_manager", organisation=self.organisation)
        self.other = make_user("enterprise_admin", organisation=make_organisation())
        self.officer = make_user("board_officer", board=self.boards["technology"])
        self.other_officer = make_user("board_officer", board=self.boards["integration"])
        self.graduate = make_user("graduate_officer")
        self.secretary = make_user("secretary")
        self.base = make_base(organisation=self.organisation)
        self.industry = make_appointment(organisation=self.organisation)
        self.academic = make_appointment(kind="academic_mentor")

    def draft(self, **fields):
        """A demand nobody has handed in."""
        fields = {
            "list": "technology",
            "title": "在位清洗的终点判断",
            "text": TEXT,
            "level": "member",
            **fields,
        }
        return save_demand(by=self.admin, organisation=self.organisation, **fields)

    def demand(self, **fields):
        """A demand handed in."""
        return submit_demand(demand=self.draft(**fields), by=self.admin)

    def answered(self, **fields):
        """A demand with its answer."""
        return answer_demand(demand=self.demand(**fields), by=self.officer, text="可以立项。")

    def project(self, by=None, demand=None, **fields):
        """A draft that keeps every red line."""
        by = by or self.admin
        project = draft_project(demand=demand or self.answered(), by=by)
        return save_project(project=project, by=by, **(self.complete() | fields))

    def complete(self):
        """What a whole project says."""
        return {
            "title": "不锈钢反应器在位清洗的终点判断",
            "summary": "用电导率判断清洗终点，把时间压到60分钟以内。",
            "problem": TEXT,
            "aims": "给出终点判据",
            "tasks": "第1至2个月：查历史数据\n第3至6个月：做验证",
            "field": "bioreactor",
            "chain": "industry",
            "talent_type": "industrial",
            "base": self.base,
            "academic_mentor": self.academic,
            "industry_mentor": self.industry,
            "months": 6,
            "starts_on": clock.today() + timedelta(days=60),
            "places": 2,
            "stipend": 3600,
            "post_wage": 4500,
            "housing": "provided",
            "safety_class": "general",
            "ip_terms": "归双方共有。",
            "confidentiality_terms": "产品名不外传。",
            "safe_work_declared": True,
        }

    def submitted(self, **fields):
        """A project handed in."""
        return submit_project(project=self.project(**fields), by=self.admin)


class Applicants:
    """A project in a round whose lists are locked, with applicants."""

    def __init__(self, house, number=3, **fields):
        moment = clock.now()
        fields = {
            "state": "ranking",
            "closes_at": moment - timedelta(days=1),
            "scoring_ends_at": moment + timedelta(days=2),
            **fields,
        }
        self.round = make_round(**fields)
        self.project = make_project(
            organisation=house.organisation,
            base=house.base,
            academic_mentor=house.academic,
            industry_mentor=house.industry,
        )
        self.elsewhere = make_project(title="示例别处的项目")
        self.row = add_to_round(self.round, self.project)
        self.other_row = add_to_round(self.round, self.elsewhere)
        self.students = [self.apply(rank=at + 1, statement=f"示例说明{at}") for at in range(number)]

    def apply(self, *, rank=1, statement="", eligible=True, withdrawn=False, row=None):
        """One student whose latest list names the project at a place; an earlier version named
        another one.
        """
        student = make_student()
        application = Application.objects.create(
            round=self.round, student=student, state="locked", last_version=2, saved_at=clock.now()
        )
        for number in (1, 2):
            version = ApplicationVersion.objects.create(
                application=application,
                number=number,
                submitted_at=clock.now(),
                check_code="示例",
                form_key=f"{student.pk}-{number}",
                withdrawal=withdrawn and number == 2,
            )
            if number == 1:
                Preference.objects.create(
                    version=version, round_project=self.other_row, rank=1, statement="别处的说明"
                )
            elif not withdrawn:
                for place in range(1, rank):
                    if place == 1:
                        Preference.objects.create(version=version, round_project=self.other_row, rank=1)
                Preference.objects.create(
                    version=version,
                    round_project=row or self.row,
                    rank=max(rank, 1) if rank != 1 else 1,
                    statement=statement,
                )
        return RoundStudent.objects.create(
            round=self.round,
            student=student,
            code=f"示{student.pk:06d}",
            eligible=eligible,
            reason="" if eligible else "on_leave",
        )
