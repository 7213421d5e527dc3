"""Full-text search over projects. Mentors' names are not in the index: a visitor may not find people by it."""

from functools import cache
from itertools import islice
from operator import attrgetter

from django.db.models import prefetch_related_objects
from django.utils import translation

from consortium.word_index import AT_ONCE, WordIndex, tokens
from placements.enums import Chain, Field

INDEX = WordIndex("placements_projectsearch", "project_id")


def index_project(project):
    """Put one project's words into the index, in place of what stood there. Called by every action that changes them."""
    index_projects([project])


def index_projects(projects):
    """The same for many at once, in chunks; `projects` may be any iterable of saved ones."""
    projects = iter(projects)
    while chunk := list(islice(projects, AT_ONCE)):
        prefetch_related_objects(chunk, "organisation", "base", "skills_required", "skills_welcome")
        INDEX.put((project.pk, tokens(_text(project))) for project in chunk)


def matching(queryset, query):
    """The projects of a queryset that hold every word of the query; all of them for an empty one."""
    return INDEX.matching(queryset, query)


def newest_matching(queryset, query):
    """The same, newest first, read no further than asked for."""
    return INDEX.in_order(queryset, query, newest_first=True)


def _text(project):
    skills = [
        skill
        for some in (project.skills_required, project.skills_welcome)
        for skill in sorted(some.all(), key=attrgetter("pk"))
    ]
    parts = [
        project.title,
        project.title_en,
        project.number,
        project.summary,
        project.organisation.name_zh,
        project.organisation.short_zh,
        project.organisation.name_en,
        project.base.name,
        project.district,
        *_labels(Field, project.field),
        *_labels(Chain, project.chain),
        *[word for skill in skills for word in (skill.name_zh, skill.name_en)],
        project.problem,
        project.aims,
        project.tasks,
        project.deliverables,
    ]
    return "\n".join(part for part in parts if part)


@cache
def _labels(kind, value):
    """What the two languages call a value; a draft may have none."""
    labels = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            labels.append(str(kind(value).label))
    return labels
