"""Who may see a job or a file: whoever may see what it belongs to."""

from consortium.models import Job, StoredFile
from consortium.registry import registry


def job_is_visible(user, job):
    """Whether the user may follow this work: who started it, or whom its kind lets read."""
    if not user.is_authenticated:
        return False
    reader = registry.job_readers.get(job.kind)
    return job.created_by_id == user.pk or bool(reader and reader(user, job))


def file_is_visible(user, stored):
    """Whether any app lets the user read the file, or the user stored it."""
    if user.is_authenticated and stored.stored_by_id == user.pk:
        return True
    return any(reader(user, stored) for reader in registry.file_readers)


def visible_job(user, pk):
    """The work with this number if the user may follow it, else None."""
    row = Job.objects.filter(pk=pk).first()
    return row if row and job_is_visible(user, row) else None


def visible_file(user, pk):
    """The stored file with this number if the user may read it, else None."""
    row = StoredFile.objects.filter(pk=pk).first()
    return row if row and file_is_visible(user, row) else None
