"""The three named models, 324, 444 and 344: only the parts that the source document writes out, each with its line.

The digit of each row is the number of its cells; `tests/consortium/test_home.py` holds us to it.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Cell:
    """One part: `key` under which apps announce how many rows carry it, `url_name` where it is described."""

    key: str
    label: str
    url_name: str = ""


@dataclass(frozen=True)
class Row:
    """One digit of a model with its parts and the line that names them."""

    label: str
    line: int
    cells: tuple

    @property
    def digit(self):
        """How many parts there are."""
        return len(self.cells)


@dataclass(frozen=True)
class Model:
    """One of the three models."""

    number: str
    label: str
    short: str
    rows: tuple


MODELS = (
    Model(
        "324",
        _("Ideology education model"),
        _("ideology"),
        (
            Row(
                _("Three in one"),
                112,
                (
                    Cell("thought_guidance", _("Thought guidance")),
                    Cell("value_shaping", _("Value shaping")),
                    Cell("practice_cultivation", _("Formation in practice")),
                ),
            ),
            Row(
                _("Two pathways"),
                116,
                (
                    Cell("ideology_in_courses", _("Values in specialist courses")),
                    Cell("ideology_courses", _("Political theory courses")),
                ),
            ),
            Row(
                _("Four spirits"),
                118,
                (
                    Cell("spirit_labour", _("Spirit of labour")),
                    Cell("spirit_craftsman", _("Spirit of craft")),
                    Cell("spirit_scientist", _("Spirit of the scientist")),
                    Cell("spirit_entrepreneur", _("Spirit of the entrepreneur")),
                ),
            ),
        ),
    ),
    Model(
        "444",
        _("Practice and innovation platform"),
        _("practice"),
        (
            Row(
                _("Four integrations"),
                125,
                (
                    Cell("int_teaching", _("Teaching")),
                    Cell("int_research", _("Research")),
                    Cell("int_faculty", _("Faculty")),
                    Cell("int_practice", _("Practice")),
                ),
            ),
            Row(
                _("Four vehicles"),
                127,
                (
                    Cell(
                        "vehicle_joint_academy",
                        _("Joint academy (international innovation park)"),
                        "vehicles",
                    ),
                    Cell("vehicle_research_institute", _("Research institute (TIB)"), "vehicles"),
                    Cell("vehicle_science_park", _("University science park"), "vehicles"),
                    Cell("vehicle_incubator", _("Enterprise incubator"), "vehicles"),
                ),
            ),
            Row(
                _("Four platforms"),
                129,
                (
                    Cell("platform_consortium", _("Industry-education consortium"), "platforms"),
                    Cell("platform_engineer_college", _("College of excellent engineers"), "platforms"),
                    Cell("platform_industry_college", _("Modern industry college"), "platforms"),
                    Cell("platform_workstation", _("Graduate workstation"), "platforms"),
                ),
            ),
        ),
    ),
    Model(
        "344",
        _("Governance model"),
        _("governance"),
        (
            Row(
                _("Three in concert"),
                135,
                (
                    Cell("government_pulls", _("Government pulls")),
                    Cell("enterprise_needs", _("Enterprise needs")),
                    Cell("university_creates", _("University creates")),
                ),
            ),
            Row(
                _("Four chains"),
                137,
                (
                    Cell("chain_education", _("Education chain")),
                    Cell("chain_talent", _("Talent chain")),
                    Cell("chain_industry", _("Industry chain")),
                    Cell("chain_innovation", _("Innovation chain")),
                ),
            ),
            Row(
                _("Four councils"),
                139,
                (
                    Cell("council_jjj_alliance", "京津冀生物医药现代产业学院联盟", "body"),
                    Cell("council_talent_alliance", "天津市生物医药人才创新创业联盟", "body"),
                    Cell("council_engineer_college", "天津市卓越工程师学院理事会", "body"),
                    Cell("council_consortium", "天津经开区生物医药产教联合体理事会", "body"),
                ),
            ),
        ),
    ),
)


def models(bodies, counts):
    """The models as a page shows them.

    `bodies` is {Chinese name: body}, `counts` {key: (number of rows, their address)} as apps announced them.
    Each cell: {"label", "url", "count"}; a number only where rows exist.
    """
    from django.urls import reverse

    def shown(cell):
        number, url = counts.get(cell.key, (None, ""))
        if cell.url_name == "body":
            found = bodies.get(cell.label)
            return {
                "label": found.name if found else cell.label,
                "url": found.get_absolute_url() if found else "",
                "count": None,
            }
        if number:
            return {"label": cell.label, "url": url, "count": number}
        address = f"{reverse(cell.url_name)}#{cell.key}" if cell.url_name else ""
        return {"label": cell.label, "url": address, "count": None}

    return [
        {
            "number": model.number,
            "label": model.label,
            "short": model.short,
            "rows": [
                {
                    "digit": row.digit,
                    "label": row.label,
                    "line": row.line,
                    "cells": [shown(cell) for cell in row.cells],
                }
                for row in model.rows
            ],
        }
        for model in MODELS
    ]
