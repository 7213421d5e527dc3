"""A list as a workbook, and a worker's whole work on it."""

from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter, process_time

from django.conf import settings
from django.urls import get_resolver
from openpyxl import Workbook
from stdnum.cn import uscc

from consortium import files, jobs
from consortium.actions.account import create_account, give_role
from consortium.actions.list_import import begin_import, write_import
from consortium.models import Organisation, StoredFile, User
from consortium.registry import registry

ROLES = {"students": "graduate_officer", "members": "secretary"}
ONE_FAULT_IN = 100
PIECE = 1 << 16


def make(kind, rows):
    """Keep a workbook with so many rows, one in a hundred of them with a fault; the number of the file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(
        [column.zh for column in registry.import_kinds[kind].columns if column.needed or column.unique]
    )
    row = {"students": _student, "members": _member}[kind]
    university = Organisation.objects.filter(kind="university").order_by("pk").first()
    for number in range(rows):
        sheet.append(row(number, number % ONE_FAULT_IN == 7, university))
    with TemporaryFile() as out:
        book.save(out)
        out.seek(0)
        by = _office(kind)
        return files.store_pieces(
            iter(lambda: out.read(PIECE), b""), name="list.xlsx", media_type="application/octet-stream", by=by
        ).pk


def whole(kind, stored, rows):
    """Seconds of the test and of the import of all rows, also of the processor, and the most memory (MB) for it."""
    get_resolver().url_patterns  # noqa: B018 - a process that has worked before has imported every view
    by = User.objects.get(username=f"bench-{kind}")
    started, own = perf_counter(), process_time()
    run = begin_import(kind=kind, file=StoredFile.objects.get(pk=stored), by=by)
    jobs.run(run.job_id)
    run.refresh_from_db()
    write_import(run=run, by=by)
    jobs.run(run.job_id)
    seconds, processor = perf_counter() - started, process_time() - own
    run.refresh_from_db()
    written = run.rows.filter(fate="written").count()
    if run.state != "written" or written != rows - rows // ONE_FAULT_IN:
        raise RuntimeError(f"The import ended as {run.state} with {written} of {rows} rows.")
    return {"seconds": seconds, "processor": processor, "peak": _most_resident()}


def _most_resident():
    """MB at the most since this program began; getrusage would tell that of the process it was forked from too."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024


def _office(kind):
    if not settings.REDIS_URL:
        for folder in ("queue", "control"):
            (settings.BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    user = create_account(username=f"bench-{kind}", name="示例办公室", by=None, is_sample=True)
    give_role(user=user, role=ROLES[kind], by=None)
    return user


def _student(number, faulty, university):
    degree = "学士" if faulty else "硕士"
    return [
        f"示例{number:06d}",
        f"示例学生{number}",
        university.name_zh,
        "生物与医药",
        degree,
        "2026",
        f"student{number}@example.invalid",
    ]


def _member(number, faulty, _university):
    head = f"91120116{number:09d}"
    code = head + ("" if faulty else uscc.calc_check_digit(head))
    return [f"示例{number}号生物科技有限公司", code, "企业"]
