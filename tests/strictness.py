"""What the suite is strict about so that no test has to be: undefined variables and rows without an order."""

import inspect
import random
from pathlib import Path

from django.template.base import Node, Template, VariableDoesNotExist

ROOT = str(Path(__file__).resolve().parent.parent)


class UndefinedVariable(str):
    """Stands for `string_if_invalid`: a variable that one of our templates lacks fails the test.

    Templates of libraries count on undefined being empty, and stay as they are.
    """

    def __mod__(self, name):
        origin = _template_being_rendered()
        if origin.startswith(ROOT) and "/.venv/" not in origin:
            raise AssertionError(f"undefined variable {str(name)!r} in {origin.removeprefix(ROOT + '/')}")
        return ""


def optional_where_declared(resolve):
    """A `FilterExpression.resolve` that lets be undefined what may be: a parameter of a component (they are declared
    at its top, many optional), and a variable whose first filter is `default`. Both then act as on a live page.
    """

    def resolve_(self, context, ignore_failures=False):
        if (
            ignore_failures
            or not hasattr(self.var, "resolve")
            or not context.template.engine.string_if_invalid
        ):
            return resolve(self, context, ignore_failures)
        try:
            self.var.resolve(context)
        except VariableDoesNotExist:
            first = self.filters[0][0].__name__ if self.filters else ""
            if first == "default" or _template_being_rendered().startswith(f"{ROOT}/templates/components/"):
                return _as_on_a_live_page(resolve, self, context)
        return resolve(self, context, ignore_failures)

    return resolve_


def _as_on_a_live_page(resolve, expression, context):
    engine = context.template.engine
    strict, engine.string_if_invalid = engine.string_if_invalid, ""
    try:
        return resolve(expression, context)
    finally:
        engine.string_if_invalid = strict


def _template_being_rendered():
    """The file of the innermost node that is rendering now; empty for a template made of a string."""
    frame = inspect.currentframe()
    while frame is not None:
        thing = frame.f_locals.get("self")
        if isinstance(thing, (Node, Template)) and getattr(thing, "origin", None) is not None:
            return str(thing.origin.name or "")
        frame = frame.f_back
    return ""


def shuffled(fetch_all, seed):
    """A `QuerySet._fetch_all` that hands rows nobody ordered back in random order.

    PostgreSQL may do the same on any day; code that counts on luck fails here instead of there.
    """
    generator = random.Random(seed)

    def fetch(queryset):
        fresh = queryset._result_cache is None
        fetch_all(queryset)
        if fresh and not queryset.ordered:
            generator.shuffle(queryset._result_cache)

    return fetch
