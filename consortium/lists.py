"""What every list page shares: its page, its order, and addresses that keep the rest of the state."""

from django.core.paginator import Paginator

PER_PAGE = 25


class FromTheNearerEnd(Paginator):
    """Pages of the second half are read backwards from the end: the last one costs what the first one costs."""

    def page(self, number):
        """The page of a queryset in a total order, or of a list."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        rows = self.object_list
        if getattr(rows, "ordered", False) and first > self.count - last:
            rows = list(reversed(rows.reverse()[self.count - last : self.count - first]))
        else:
            rows = rows[first:last]
        return self._get_page(rows, number, self)


def page_of(request, rows, per_page=PER_PAGE, *, count=None):
    """The page the address asks for; a number out of range gives the nearest one, nonsense the first.

    `count`: how many rows there are, where that is known already.
    """
    paginator = FromTheNearerEnd(rows, per_page)
    if count is not None:
        paginator.count = count
    return paginator.get_page(request.GET.get("page"))


def address(request, **changes):
    """This list's address with some of its state changed; None takes a name out. Always back to page 1."""
    query = request.GET.copy()
    query.pop("page", None)
    query.pop("format", None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}" if query else request.path


def words_of(request):
    """What was typed into the search box, without bytes that no name holds, at most 80 characters."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:80]


def chosen(request, name, known):
    """The value of a filter if it is one of `known`, else an empty text."""
    value = request.GET.get(name, "")
    return value if value in known else ""


def options(request, name, choices, counts=None):
    """One filter as links: [{"label", "url", "on", "count"}]; a second press takes it off."""
    current = chosen(request, name, {str(value) for value, _label in choices})
    return [
        {
            "label": label,
            "url": address(request, **{name: None if str(value) == current else value}),
            "on": str(value) == current,
            "count": None if counts is None else counts.get(value, 0),
        }
        for value, label in choices
    ]


def sorts(request, choices, default):
    """The orders of a list as links: [{"label", "url", "on"}]."""
    current = chosen(request, "sort", {value for value, _label in choices}) or default
    return [
        {"label": label, "url": address(request, sort=value), "on": value == current}
        for value, label in choices
    ]


def files_of(request):
    """The same list as files: [{"label", "url"}]."""
    from django.utils.translation import gettext as _

    labels = (("xlsx", _("Excel (XLSX)")), ("csv", _("CSV (UTF-8)")), ("csv-gb18030", _("CSV (GB18030)")))
    rest = address(request)
    joint = "&" if "?" in rest else "?"
    return [{"label": label, "url": f"{rest}{joint}format={value}"} for value, label in labels]
