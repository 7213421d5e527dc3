"""Papers as PDF: typeset by Typst with an embedded font of our own, the same bytes for the same facts."""

from pathlib import Path

HERE = Path(__file__).parent


def typeset(name, said, *, at):
    """The PDF (bytes) of the paper `name` that says `said` ({key: text}); `at` is the moment it carries."""
    import typst

    compiler = typst.Compiler(root=str(HERE), font_paths=[str(HERE / "fonts")])
    return compiler.compile(
        input=str(HERE / f"{name}.typ"),
        format="pdf",
        sys_inputs={key: str(value) for key, value in said.items()},
        timestamp=int(at.timestamp()),
    )


def qr_svg(text):
    """A QR code as SVG text."""
    import io

    import segno

    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=0, xmldecl=False, svgns=True)
    return out.getvalue().decode()
