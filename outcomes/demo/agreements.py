"""Agreements of the demo: one in force, one that ends soon, one to be signed, one sent back, one that is over."""

from consortium.actions import agreement as agreements
from consortium.files import store
from consortium.models import Agreement
from outcomes.demo.memberships import PAGE

# key -> (number, title, kind, subject, parties in order, first and last day from the day of loading, who may know)
PAPERS = {
    "training": (
        "示例协〔2026〕1号",
        "示例研究生联合培养协议",
        "training",
        "示例：双方共同制定培养方案，企业每年接收研究生实践，双方导师共同指导。",
        ("jia", "university"),
        (-250, 845),
        "public",
    ),
    "base": (
        "示例协〔2026〕2号",
        "示例实践基地共建协议",
        "base",
        "示例：企业提供场地、设备和安全培训，学校派学生进站并承担教学管理。",
        ("yi", "university"),
        (-300, 41),
        "public",
    ),
    "research": (
        "示例协〔2026〕3号",
        "示例膜分离工艺联合研发协议",
        "research",
        "示例：联合研发膜分离工艺，成果按约定共享，未公开数据按保密条款管理。",
        ("jia", "university"),
        (30, 760),
        "parties",
    ),
    "data": (
        "示例协〔2026〕4号",
        "示例数据与保密协议",
        "confidentiality",
        "示例：约定实验数据的范围、保管和返还。",
        ("bing", "university"),
        (20, 385),
        "parties",
    ),
    "framework": (
        "示例协〔2025〕9号",
        "示例三方合作框架协议",
        "framework",
        "示例：三方在课程、师资和项目上合作。",
        ("jia", "yi", "university"),
        (-265, -20),
        "public",
    ),
}


def plan_agreements(story):
    """Each by everybody's own acts; the enterprise of the demo finds one to sign, the office one that came back."""
    for hour, key in enumerate(("framework", "base", "training")):
        story.add(-262 + hour, _conclude, key, hour=10)
    story.add(-19, _clock, hour=3)
    story.add(-6, _offer, "research", hour=9)
    story.add(-5, _offer, "data", hour=9)
    story.add(-3, _send_back, "data", hour=15)
    story.add(-1, _clock, hour=3)


def _draw_up(story, key):
    number, title, kind, subject, parties, (since, until), disclosure = PAPERS[key]
    by = story.cast.people["graduate"]
    agreement = agreements.record_agreement(
        by=by,
        number=number,
        title=title,
        kind=kind,
        subject=subject,
        parties=[story.cast.organisations[one] for one in parties],
        since=story.day(since),
        until=story.day(until),
        disclosure=disclosure,
        is_sample=True,
    )
    agreements.add_text(agreement=agreement, by=by, file=_paper(f"{title}.pdf", key))
    return agreement


def _offer(story, key):
    agreements.offer(agreement=_draw_up(story, key), by=story.cast.people["graduate"])


def _conclude(story, key):
    """The units sign on paper, the graduate school for the university here."""
    _offer(story, key)
    agreement = _of(key)
    *units, university = agreement.parties.select_related("organisation").order_by("order")
    for number, party in enumerate(units, 1):
        agreements.record_signature(
            party=party,
            by=story.cast.people["secretary"],
            signer=f"示例签署人{number}",
            post="示例法定代表人",
            signed_on=story.day(-263),
            evidence=_paper("示例签署页.pdf", f"{key}{number}"),
        )
    agreements.sign(
        party=university, text=agreement.offered, by=story.cast.people["graduate2"], post="示例研究生院"
    )


def _send_back(story, key):
    agreement = _of(key)
    party = agreement.parties.select_related("organisation").order_by("order").first()
    agreements.send_back(
        agreement=agreement,
        party=party,
        by=story.cast.people["enterprise-bing"],
        wish="示例：第3条的保管期限请改为两年，并补充数据返还的方式。",
    )


def _clock(story):
    """What the clock does every few minutes, once in the story."""
    agreements.advance()


def _of(key):
    return Agreement.objects.get(number=PAPERS[key][0])


def _paper(name, words):
    """A page whose bytes differ from every other's, as those of real papers do."""
    content = PAGE.replace(b"%%EOF", f"% {words}\n%%EOF".encode())
    return store(content, name=name, media_type="application/pdf", by=None)
