"""The suite's own strictness works: each guard has a control that it catches."""

import pytest
from django.template import Context, Engine

from tests.settings import ROOT
from tests.strictness import UndefinedVariable, shuffled


def engine(folder):
    return Engine(dirs=[folder], string_if_invalid=UndefinedVariable("%s"))


def test_undefined_variable_in_our_template_fails():
    template = engine(ROOT).from_string("{{ nothing }}")
    template.nodelist[0].origin.name = f"{ROOT}/templates/page.html"
    with pytest.raises(AssertionError, match="undefined variable 'nothing' in templates/page.html"):
        template.render(Context())


def test_undefined_variable_in_library_template_is_empty(tmp_path):
    (tmp_path / "page.html").write_text("[{{ nothing }}]")
    assert engine(tmp_path).get_template("page.html").render(Context()) == "[]"


class Rows:
    """As much of a queryset as the guard looks at."""

    def __init__(self, ordered):
        self.ordered = ordered
        self._result_cache = None


def fetch(rows):
    rows._result_cache = list(range(100))


@pytest.mark.parametrize("ordered", [True, False])
def test_only_rows_without_order_are_shuffled(ordered):
    rows = Rows(ordered)
    shuffled(fetch, seed=1)(rows)
    assert (rows._result_cache == list(range(100))) is ordered
    assert sorted(rows._result_cache) == list(range(100))
