"""How the portal says no: a sentence for a person, what to do next, and the status it means for a machine."""


class Refused(Exception):
    """An act that cannot be done now: 409, the wrong state.

    `sentence` says what happened and why, `remedy` what to do; both translated lazily or already in words.
    `url` and `url_label` are a button to the remedy. `field` names the form field, `row` the row to mend.
    """

    status = 409

    def __init__(self, sentence, *, remedy="", url="", url_label="", field=None, code="", row=None):
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy
        self.url = url
        self.url_label = url_label
        self.field = field
        self.code = code
        self.row = row

    def __str__(self):
        return f"{self.sentence} {self.remedy}".strip()


class Forbidden(Refused):
    """Visible, but not for this person to do: 403."""

    status = 403


class Invalid(Refused):
    """What was typed cannot be right: 422, shown at its field."""

    status = 422


class Stale(Refused):
    """Somebody else was first: 409, with `theirs`, what stands now, to be shown beside what was sent."""

    def __init__(self, sentence, *, theirs=None, **kwargs):
        super().__init__(sentence, **kwargs)
        self.theirs = theirs
