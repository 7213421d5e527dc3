"""What the page of a round shows this reader: rail, strip, and the content of its state; one module per part."""

from placements.views.round_page.configuring import differences, settings_rows
from placements.views.round_page.filling import reminder_preview
from placements.views.round_page.lines import lines
from placements.views.round_page.notice import seats
from placements.views.round_page.page import context
from placements.views.round_page.running import job

__all__ = ["context", "differences", "job", "lines", "reminder_preview", "seats", "settings_rows"]
