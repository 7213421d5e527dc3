"""What imports of lists announce: their states, their work, and the kinds of lists that the ground itself knows."""

from django.utils.translation import gettext_lazy as _

from consortium import badges
from consortium.enums import ImportOutcome, ImportState
from consortium.registry import NavItem, registry


def announce():
    """Fill the lists of the registry; called once, when the app is ready."""
    from consortium.imports.members import Members
    from consortium.imports.students import Students

    badges.register(
        "import",
        ImportState,
        {
            ImportState.TESTING: badges.INDIGO,
            ImportState.UNMATCHED: badges.AMBER,
            ImportState.UNREADABLE: badges.RED,
            ImportState.TESTED: badges.AMBER,
            ImportState.WRITING: badges.INDIGO,
            ImportState.WRITTEN: badges.GREEN,
            ImportState.UNDOING: badges.INDIGO,
            ImportState.UNDONE: badges.SLATE,
        },
    )
    badges.register(
        "import_row",
        ImportOutcome,
        {
            ImportOutcome.NEW: badges.GREEN,
            ImportOutcome.CHANGED: badges.INDIGO,
            ImportOutcome.SAME: badges.SLATE,
            ImportOutcome.ALIKE: badges.AMBER,
            ImportOutcome.FAULTY: badges.RED,
        },
    )
    badges.register(
        "job_step",
        {
            "list.read": (badges.INDIGO, _("Reading the file")),
            "list.check": (badges.INDIGO, _("Checking the rows")),
            "list.write": (badges.INDIGO, _("Writing the rows")),
            "list.undo": (badges.INDIGO, _("Taking the rows back")),
        },
    )
    registry.nav.append(
        NavItem("staff", _("Import lists"), "imports", "upload", _("Consortium"), 23, shown=keeps_any_list)
    )
    register(Members())
    register(Students())


def register(kind):
    """Let lists of this kind be sent up; the other apps call it for theirs."""
    from consortium.actions import list_import as actions

    registry.import_kinds[kind.key] = kind
    for work, do, label in (
        (actions.TEST, actions.perform_test, _("Test of the list")),
        (actions.WRITE, actions.perform_writing, _("Import of the list")),
        (actions.UNDO, actions.perform_undoing, _("Undoing of the import")),
    ):
        name = f"{kind.key}.{work}"
        registry.job_kinds[name] = do
        registry.job_permissions[name] = kind.permission
        registry.job_readers[name] = lambda user, job: keeps(user, kind)
        badges.register("job_kind", {name: (badges.INDIGO, label)})


def keeps(user, kind):
    """Whether the person keeps the records that a kind of list is about."""
    from consortium.reach import reach

    return reach(user, kind.permission).all


def keeps_any_list(user):
    """Whether there is any kind of list that the person may send up."""
    from consortium.queries.list_import import kinds_kept_by

    return bool(kinds_kept_by(user))
