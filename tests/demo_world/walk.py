"""Following the pages' own links: one address of each kind."""

import re

LINKS = re.compile(r'href="(/[^"#]*)')
SPARED = ("/static/", "/admin/", "/accounts/logout/", "/styleguide/")


def kind_of(url):
    """The address without its ids and with the names of its query only."""
    path, _mark, query = url.partition("?")
    names = sorted(part.split("=")[0] for part in query.replace("&amp;", "&").split("&") if part)
    return re.sub(r"\d+", "#", path) + "?" + ",".join(names)
