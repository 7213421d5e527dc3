"""Lists as files for tests, and the worker's part done in this process."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from consortium import jobs
from consortium.models import ImportJob, Job


def csv_file(heads, *rows, coding="utf-8", name="名单.csv"):
    out = io.StringIO()
    csv.writer(out).writerows([heads, *rows])
    return SimpleUploadedFile(name, out.getvalue().encode(coding))


def xlsx_file(heads, *rows, name="名单.xlsx", dress=None):
    book = Workbook()
    for line in (heads, *rows):
        book.active.append(line)
    if dress:
        dress(book)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def work():
    """What a worker would do now; how many jobs."""
    ids = list(Job.objects.filter(state="queued").order_by("pk").values_list("pk", flat=True))
    for pk in ids:
        jobs.run(pk)
    return len(ids)


def sent_up(client, url, upload, key=""):
    """Send a file up and let it be tested: the run."""
    answer = client.post(url, {"file": upload, "form_key": key})
    assert answer.status_code == 302, answer.context["form"].errors
    run = ImportJob.objects.get(pk=int(answer.url.rstrip("/").rsplit("/", 1)[1]))
    work()
    run.refresh_from_db()
    return run


def written(client, run):
    """Confirm the run and let it be written."""
    answer = client.post(f"/imports/{run.pk}/confirm/")
    assert answer.status_code == 302
    work()
    run.refresh_from_db()
    return run


def counts(run):
    """(new, changed, same, alike, faulty) of a tested run."""
    outcomes = list(run.rows.values_list("outcome", flat=True))
    return tuple(outcomes.count(one) for one in ("new", "changed", "same", "alike", "faulty"))


def faults(run):
    """{(row, column, code)}."""
    return {
        (row.line, fault["column"], fault["code"])
        for row in run.rows.filter(outcome="faulty")
        for fault in row.faults
    }


def lines_of(answer, format):
    """The rows of a file that was answered."""
    content = b"".join(answer.streaming_content)
    answer.close()
    if format == "xlsx":
        return [
            ["" if cell is None else cell for cell in line]
            for line in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
        ]
    coding = "gb18030" if format.endswith("18030") else "utf-8-sig"
    return list(csv.reader(io.StringIO(content.decode(coding))))
