"""Notes on sources as the seed file has them, marked here so that the catalogue can translate them."""

from django.utils.translation import gettext_noop as _

NOTES = (
    _("A recognition without stated validity: not an accreditation in force"),
    _(
        "Line 40 names a 2017 base differently, possibly the same grant. "
        "No validity is stated: not an accreditation in force"
    ),
    _(
        "Line 92 names a 2017 base differently, possibly the same grant. "
        "No validity is stated: not an accreditation in force"
    ),
    _("Name as printed; the legal form is not verified"),
    _("Named in a news item on the university's own site"),
    _("None of the four platform classes"),
    _("Not named in the text; none of the four platform classes"),
    _("Not one of the four that line 139 names"),
    _("Presumably the council that line 139 names in full; kept as printed"),
    _("The text does not give the full legal name"),
    _("The text does not give the full name"),
    _('The text does not name the university in the same sentence: "the university" is the reporting one'),
    _("The text does not say to which university it belongs"),
    _(
        "The text reads “与熙生物科技”: the first character was lost in conversion; "
        "the name is confirmed by news.tust.edu.cn of 2025-07-03"
    ),
    _("Three different roles are stated, each with its line"),
)
