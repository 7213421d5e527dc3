"""The source document, line by line, so that every quote can be read where it stands."""

from django.shortcuts import render

from outcomes.seed import document


def source(request):
    """The document's lines with an anchor each (`#L153`); headings and empty lines are told apart."""
    lines = [
        {
            "number": number,
            "text": text.strip().lstrip("#").strip().strip("*"),
            "heading": text.startswith("#"),
        }
        for number, text in enumerate(document.lines(), 1)
        if text.strip()
    ]
    return render(request, "outcomes/source.html", {"lines": lines})
