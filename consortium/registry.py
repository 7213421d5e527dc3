"""Lists that the other apps fill at start-up, so that the ground shows everything and imports nothing above it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class NavItem:
    """One link of a shell's navigation. `count(user, now)` gives what waits for this person, or None."""

    shell: str
    label: str
    url_name: str
    icon: str
    group: str = ""
    order: int = 50
    permission: str | None = None
    count: Callable | None = None
    url_args: tuple = ()
    shown: Callable | None = None  # (user) -> bool, where one permission does not say it


@dataclass(frozen=True)
class Duty:
    """One line of “waiting for me”: a verb with its object, where to do it, until when."""

    title: str
    url: str
    verb: str
    due: object = None
    note: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class Figure:
    """A computed figure: its value, the rows behind it, and what the source document says beside it."""

    code: str
    label: str
    unit: str
    value: int
    rows_url: str
    as_of: object
    document_says: str = ""
    document_line: int | None = None
    definition: str = ""
    is_sample: bool = False


@dataclass(frozen=True)
class Fact:
    """One thing known of an organisation: from when to when (last day included; None is not known), and by whom.

    `line` and `quote` are the source document's; `by` is the person who entered what no document says, `entered` the
    day on which that was. `group` is the heading it stands under, `note` what tells it from its neighbours.
    """

    group: str
    title: str
    note: str = ""
    url: str = ""
    since: date | None = None
    until: date | None = None
    line: int | None = None
    quote: str = ""
    by: str = ""
    entered: date | None = None
    is_sample: bool = False

    def holds_on(self, day):
        """Whether it was so on that day, as far as its dates say; what has no date is not ruled out."""
        return (self.since is None or self.since <= day) and (self.until is None or self.until >= day)

    @property
    def undated(self):
        """Whether nobody wrote down from when or until when it holds."""
        return self.since is None and self.until is None


@dataclass(frozen=True)
class MemberColumn:
    """A column of the office's directory that another app fills: `cells(numbers, user, day)` -> {number: (text, url)}."""

    key: str
    label: str
    cells: Callable


@dataclass(frozen=True)
class MergeRule:
    """What to do when a merge would break a unique constraint: `close` sets a moment and moves, else the row is dropped.

    A constraint without a rule stops the merge: somebody has to decide first.
    """

    sentence: str
    close: str = ""


@dataclass(frozen=True)
class NoticeKind:
    """What a kind of public notice adds to its page, and how one objects to it.

    `about(notice)` -> {"takes": objections are taken, "standing": who may and what follows, "answers", "open": how many
    wait, "open_words", "template": of what stands under the text, "context"}.
    `object_to(notice=, by=, name=, contact=, text=)`; `received`: what whoever objected reads.
    """

    about: Callable
    object_to: Callable
    received: str


@dataclass
class Registry:
    """Everything that apps announce. Lists keep the order of the apps."""

    nav: list[NavItem] = field(default_factory=list)
    duties: list[Callable] = field(default_factory=list)  # (user, now) -> list[Duty]
    dashboard: list[Callable] = field(default_factory=list)  # (user, now) -> {"template", "context"} or None
    figures: list[Callable] = field(default_factory=list)  # (now) -> list[Figure]
    map_counts: list[Callable] = field(default_factory=list)  # (now) -> {key of the map: (rows, address)}
    mentor_loads: list[Callable] = field(default_factory=list)  # (appointments) -> {pk: students guided now}
    organisation_facts: list[Callable] = field(
        default_factory=list
    )  # (organisation, user, day) -> facts begun by that day, as far as the reader may see them
    membership_effects: list[Callable] = field(
        default_factory=list
    )  # (organisation, user) -> [sentences]: what a suspension or removal stops and what it lets run
    student_blocks: list[Callable] = field(default_factory=list)  # (student, user) -> block or None
    member_columns: list[MemberColumn] = field(default_factory=list)
    notice_kinds: dict[str, NoticeKind] = field(default_factory=dict)  # kind of a notice -> what it takes
    papers: list[Callable] = field(
        default_factory=list
    )  # (code) -> (template, context) of the paper that carries the code, or None
    merge_rules: dict[str, MergeRule] = field(default_factory=dict)  # name of a constraint -> rule
    merge_words: dict[str, Callable] = field(default_factory=dict)  # model -> (row) -> words for the preview
    searches: list[Callable] = field(default_factory=list)  # (user, query) -> group of hits
    job_kinds: dict[str, Callable] = field(default_factory=dict)  # kind -> function(job, beat)
    job_readers: dict[str, Callable] = field(default_factory=dict)  # kind -> function(user, job) -> bool
    job_permissions: dict[str, str] = field(
        default_factory=dict
    )  # kind -> what starting and stopping asks for
    import_kinds: dict[str, object] = field(default_factory=dict)  # key -> imports.kind.ListKind
    file_readers: list[Callable] = field(default_factory=list)  # (user, stored) -> bool
    messages: dict[str, object] = field(default_factory=dict)  # kind -> Message


registry = Registry()
