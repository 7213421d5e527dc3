"""Pages read what is protected through the one answer to who may see it, never from the whole table."""

import ast

import pytest

from tests.settings import ROOT

APPS = ("consortium", "mentors", "placements", "ideology", "outcomes")
# What anybody may read without signing in: the consortium as its document and its register describe it.
PUBLIC = {
    "DocumentRecord",
    "GovernanceBody",
    "Organisation",
    "OrganisationRole",
    "Platform",
    "Skill",
    "Vehicle",
}


def page_files():
    """Every file that answers a request or offers choices in a form."""
    for app in APPS:
        for kind in ("views", "forms", "api"):
            yield from sorted((ROOT / app).glob(f"{kind}.py"))
            yield from sorted((ROOT / app).glob(f"{kind}/**/*.py"))


def models_of(tree):
    """The names that a file imports from an app's models."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[1:2] == ["models"]
        for alias in node.names
    }


def bare_reads(source):
    """(line, model) of each read that asks a protected model's whole table."""
    tree = ast.parse(source)
    protected = models_of(tree) - PUBLIC
    for node in ast.walk(tree):
        model = None
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager"):
            model = node.value
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in SHORTCUTS:
            model = node.args[0]
        if getattr(model, "id", "") in protected:
            yield node.lineno, model.id


SHORTCUTS = ("get_object_or_404", "get_list_or_404")


@pytest.mark.parametrize(
    "line", ["Job.objects.filter(pk=1)", "Job._default_manager.all()", "get_object_or_404(Job, pk=1)"]
)
def test_a_bare_read_is_found(line):
    assert list(bare_reads(f"from consortium.models import Job, Organisation\n{line}\n")) == [(2, "Job")]
    assert list(bare_reads(f"from consortium.models import Organisation as Job\n{line}\n")) == [(2, "Job")]


def test_a_public_model_may_be_read():
    assert not list(bare_reads("from consortium.models import Vehicle\nVehicle.objects.all()\n"))


def test_no_page_reads_a_protected_model_past_who_may_see_it():
    files = list(page_files())
    assert len(files) > 30
    found = [
        f"{file.relative_to(ROOT)}:{line} {model}"
        for file in files
        for line, model in bare_reads(file.read_text(encoding="utf-8"))
    ]
    assert found == []
