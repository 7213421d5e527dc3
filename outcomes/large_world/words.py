"""Words of the large world and how common each is; every name of a person or an organisation carries 示例."""

SAMPLE = "示例"
SUBJECTS = {
    "CHO细胞": 20,
    "大肠杆菌": 18,
    "酿酒酵母": 16,
    "毕赤酵母": 12,
    "谷氨酸棒杆菌": 10,
    "枯草芽孢杆菌": 9,
    "重组蛋白": 9,
    "单克隆抗体": 8,
    "脂肪酶": 7,
    "透明质酸": 5,
    "mRNA疫苗": 4,
    "益生菌": 4,
    "微藻": 2,
    "外泌体": 1,
    "噬菌体": 0.05,  # the rare word of the search bench
}
STEPS = {
    "灌流培养": 10,
    "高密度发酵": 14,
    "补料分批发酵": 12,
    "层析纯化": 9,
    "超滤浓缩": 6,
    "冻干": 4,
    "固定化": 4,
    "菌种选育": 7,
    "放行检验": 5,
    "中试放大": 8,
}
AIMS = {
    "的在线溶氧控制": 6,
    "过程建模": 8,
    "收率提升": 12,
    "杂质追踪": 7,
    "稳定性研究": 9,
    "批间差异分析": 8,
    "能耗降低": 5,
    "数据采集与预警": 6,
    "操作规程优化": 7,
}
PLACES = ("津", "滨", "海", "泰", "达", "渤", "云", "禾", "康", "源", "创", "睿", "衡", "清", "博", "瑞")
TRADES = {"生物": 8, "制药": 5, "酶工程": 3, "诊断": 3, "细胞技术": 3, "发酵": 2, "食品科技": 2}
FORMS = {"科技有限公司": 6, "有限公司": 4, "股份有限公司": 2}
GIVEN = (
    "知",
    "若",
    "以",
    "亦",
    "予",
    "沐",
    "晴",
    "听",
    "言",
    "思",
    "书",
    "念",
    "溪",
    "苇",
    "川",
    "禾",
    "澄",
    "屿",
)
DISTRICTS = {
    "天津经开区": 40,
    "滨海高新区": 18,
    "东疆综合保税区": 10,
    "西青区": 10,
    "北辰区": 8,
    "津南区": 6,
    "武清区": 5,
    "静海区": 3,
}


def person(draw, number):
    """A person's name; many people share one, as people do."""
    return f"{SAMPLE}{draw.of(GIVEN)}{draw.of(GIVEN)}{draw.of(GIVEN) if number % 3 == 0 else ''}"


def company(draw, number):
    """(full name, short name, English name), told from others by its number."""
    trade = draw.one(TRADES)
    short = f"{SAMPLE}{draw.of(PLACES)}{draw.of(PLACES)}{trade}{number}"
    return short + draw.one(FORMS), short, f"Sample Company {number}"


def title(draw):
    """What a project is about, at most 60 characters."""
    return f"{draw.one(SUBJECTS)}{draw.one(STEPS)}{draw.one(AIMS)}"
