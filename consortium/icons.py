"""The one list of icons that pages may use.

``manage.py vendor_assets`` builds the sprite of exactly these from the bootstrap-icons
package; the tag ``{% icon %}`` refuses any other name, so a missing drawing is found by a
test and never by a reader. Keep it short: the sprite travels with the first page.
"""

ICONS = (
    "archive",
    "arrow-clockwise",
    "arrow-counterclockwise",
    "arrow-left",
    "award",
    "bar-chart",
    "bell",
    "book",
    "bookmark",
    "bookmark-check-fill",
    "box-arrow-right",
    "box-arrow-up-right",
    "briefcase",
    "building",
    "calendar3",
    "card-checklist",
    "check-circle",
    "check-circle-fill",
    "check-lg",
    "check2-square",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "chevron-up",
    "clipboard-check",
    "clock-history",
    "download",
    "exclamation-circle-fill",
    "exclamation-triangle",
    "eye",
    "file-earmark-text",
    "geo-alt",
    "grid",
    "grip-vertical",
    "house",
    "inbox",
    "info-circle",
    "journal-check",
    "journal-text",
    "key",
    "layers",
    "lightbulb",
    "link-45deg",
    "list",
    "list-ol",
    "lock",
    "megaphone",
    "paperclip",
    "patch-check",
    "pencil",
    "people",
    "person",
    "person-badge",
    "plus-lg",
    "printer",
    "question-circle",
    "search",
    "send",
    "share",
    "shield-check",
    "shuffle",
    "sliders",
    "stop-circle",
    "table",
    "trash",
    "upload",
    "x-lg",
)

#: Names this portal speaks in, beside the drawing's own. One drawing, one meaning.
ALIASES = {
    "check": "check-lg",
    "close": "x-lg",
    "plus": "plus-lg",
    "member": "building",
    "organisation": "building",
    "warning": "exclamation-triangle",
    "error": "exclamation-circle-fill",
    "file": "file-earmark-text",
    "external": "box-arrow-up-right",
    "sign-out": "box-arrow-right",
    "history": "clock-history",
    "calendar": "calendar3",
    "location": "geo-alt",
    "filter": "sliders",
}


def drawing(name):
    """The drawing for a name, or ``KeyError`` with the way to add one."""
    name = ALIASES.get(name, name)
    if name not in _KNOWN:
        raise KeyError(f'No icon "{name}": add it to consortium/icons.py and run manage.py vendor_assets')
    return name


_KNOWN = frozenset(ICONS)
