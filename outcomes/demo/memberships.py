"""Applications for membership in the sample council, one in each state that waits for somebody, made by everybody's own acts."""

from stdnum.cn import uscc

from consortium.actions import membership_application as applications
from consortium.actions import membership_clock
from consortium.actions import membership_decision as decisions
from consortium.actions import membership_term as terms
from consortium.enums import MembershipCheckItem
from consortium.files import store
from consortium.models import GovernanceBody, Membership, MembershipApplication
from outcomes.demo.organisations import COUNCIL

# key -> (unit, kind, district, board, what it wants and offers)
UNITS = {
    "qian": ("示例乾元仪器有限公司", "enterprise", "天津经开区", None, ""),
    "kun": (
        "示例坤元生物试剂有限公司",
        "enterprise",
        "滨海新区",
        "technology",
        "希望解决酶制剂冻干后活性下降的问题；可接收两名学生，有冻干中试线。",
    ),
    "zhen2": (
        "示例震泽医疗器械有限公司",
        "enterprise",
        "天津经开区",
        "enterprise",
        "希望与学校共建检测方法；可提供整套检测设备。",
    ),
    "xun": (
        "示例巽和食品科技有限公司",
        "enterprise",
        "武清区",
        "technology",
        "希望提高益生菌粉的常温存活率；可接收三名学生。",
    ),
    "kan": (
        "示例坎川水处理技术有限公司",
        "enterprise",
        "静海区",
        "technology",
        "希望降低发酵废水处理成本；可接收一名学生。",
    ),
    "li2": (
        "示例离光诊断技术有限公司",
        "enterprise",
        "天津经开区",
        "technology",
        "希望缩短核酸检测时间；可提供两位企业导师。",
    ),
    "gen": (
        "示例艮岳制药设备有限公司",
        "enterprise",
        "北辰区",
        "enterprise",
        "希望验证新型层析柱；可提供设备和场地。",
    ),
    "dui": (
        "示例兑泽生物材料研究所",
        "research_institute",
        "滨海新区",
        "integration",
        "希望联合培养研究生；可开放公共实验平台。",
    ),
    "tai": (
        "示例泰和细胞技术有限公司",
        "enterprise",
        "天津经开区",
        "technology",
        "希望建立细胞库质控方法；可接收两名学生。",
    ),
}
PAPERS = {"licence": "示例营业执照.pdf", "letter": "示例入会申请书.pdf"}
# A PDF of one empty page, so that what a reader downloads opens.
PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R/Size 4>>\n%%EOF\n"
)
ALL = tuple(MembershipCheckItem.values)


def plan_memberships(story):
    """Nine units on their way, from a draft to a membership that began; one member suspended, one warned of its end."""
    story.add(-5, _invite, "qian", hour=9)
    for key, day in (
        ("kun", -4),
        ("zhen2", -9),
        ("xun", -12),
        ("kan", -15),
        ("li2", -18),
        ("gen", -20),
        ("dui", -24),
        ("tai", -40),
    ):
        story.add(day, _apply, key, hour=9)
    story.add(-6, _return, "zhen2", hour=15)
    for key, day in (("xun", -9), ("kan", -12), ("li2", -14), ("gen", -16), ("dui", -20), ("tai", -36)):
        story.add(day, _pass, key, hour=10)
    for key, day, vote in (
        ("kan", -8, 6),
        ("li2", -11, -3),
        ("gen", -13, -6),
        ("dui", -17, -9),
        ("tai", -33, -27),
    ):
        story.add(day, _vote, key, vote, hour=11)
    for key, day, number in (("li2", -2, 4), ("gen", -5, 5), ("dui", -8, 6), ("tai", -26, 7)):
        story.add(day, _decide, key, f"示例〔{number}〕号", hour=14)
    for key, day in (("gen", -4), ("dui", -7), ("tai", -25)):
        story.add(day, _confirm, key, hour=9)
    for key, day in (("dui", -2), ("tai", -24)):
        story.add(day, _announce, key, hour=10)
    story.add(-1, _object, "dui", hour=16)
    story.add(-10, _clock, hour=9)
    story.add(-7, _suspend, "xin", hour=10)


def _council():
    return GovernanceBody.objects.get(name_zh=COUNCIL)


def _of(key):
    return MembershipApplication.objects.get(unit_name=UNITS[key][0])


def _invite(story, key):
    applications.invite_to_apply(
        by=story.cast.people["secretary"],
        email=f"contact-{key}@example.invalid",
        unit_name=UNITS[key][0],
        contact_name="示例联系人",
        council=_council(),
        is_sample=True,
    )


def _apply(story, key):
    """By the open form: the link, the words, two papers, handed in."""
    name, kind, district, board, wishes = UNITS[key]
    application, _token = applications.ask_for_link(
        email=f"contact-{key}@example.invalid",
        unit_name=name,
        contact_name="示例联系人",
        council=_council(),
        is_sample=True,
    )
    writer = applications.Applicant(application_id=application.pk)
    applications.save_application(
        application=application,
        by=writer,
        uscc=_code(key),
        unit_kind=kind,
        district=district,
        scale="示例规模：约100人",
        contact_post="示例部门",
        board=story.cast.boards[board],
        wishes=wishes,
    )
    for paper, file_name in PAPERS.items():
        stored = store(PAGE, name=file_name, media_type="application/pdf", by=None)
        applications.add_document(application=application, by=writer, kind=paper, file=stored)
    applications.submit_application(application=application, by=writer)


def _code(key):
    """A code that checks and belongs to nobody: no district has the number 000000."""
    head = f"91000000{list(UNITS).index(key):09d}"
    return head + uscc.calc_check_digit(head)


def _return(story, key):
    applications.return_application(
        application=_of(key),
        by=story.cast.people["secretary2"],
        ticks=("code", "name", "double"),
        notes={"documents": "申请书缺少法定代表人签字，请补签后重新上传。"},
    )


def _pass(story, key):
    applications.pass_check(application=_of(key), by=story.cast.people["secretary"], ticks=ALL)


def _vote(story, key, day):
    decisions.put_to_vote(
        application=_of(key), by=story.cast.people["secretary"], voting="meeting", vote_day=story.day(day)
    )


def _decide(story, key, number):
    application = _of(key)
    decisions.record_resolution(
        application=application,
        by=story.cast.people["secretary"],
        number=number,
        passed_on=application.vote_day,
        entitled=27,
        present=19,
        votes_yes=17,
        votes_no=1,
        abstentions=1,
        minutes=store(PAGE, name="示例会议纪要.pdf", media_type="application/pdf", by=None),
        rank="member_unit",
    )


def _confirm(story, key):
    decisions.confirm_resolution(application=_of(key), by=story.cast.people["secretary2"])


def _announce(story, key):
    application = _of(key)
    decisions.start_notice(
        application=application,
        by=story.cast.people["secretary"],
        title=f"公示：{application.unit_name}加入{COUNCIL}",
        text=f"根据决议{application.resolution.number}，拟同意{application.unit_name}为成员单位。公示期内如有异议，请在本页提出。",
    )


def _object(story, key):
    decisions.object_to(
        notice=_of(key).notice,
        name="示例异议人",
        contact="objector@example.invalid",
        text="示例：申请书所列的公共实验平台由另一家单位管理，请核对。",
    )


def _clock(story):
    """What the clock does every few minutes, once in the story: memberships begin, ends are announced."""
    membership_clock.advance()


def _suspend(story, key):
    people = story.cast.people
    measure = terms.record_council_resolution(
        by=people["secretary"],
        council=_council(),
        number="示例〔8〕号",
        passed_on=story.day(-8),
        entitled=27,
        present=20,
        votes_yes=16,
        votes_no=2,
        abstentions=2,
        minutes=store(PAGE, name="示例会议纪要.pdf", media_type="application/pdf", by=None),
    )
    terms.confirm_council_resolution(resolution=measure, by=people["secretary2"])
    membership = Membership.objects.select_related("organisation", "council").get(
        organisation=story.cast.organisations[key], council=_council()
    )
    terms.suspend_membership(
        membership=membership,
        by=people["secretary"],
        reason="示例：连续两次未提交年度自查表，整改后可恢复。",
        measure=measure,
    )
