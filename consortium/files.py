"""Files under their hash: written under a temporary name, synced, renamed; the hash is checked on every read."""

import hashlib
import os
import tempfile

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consortium import clock
from consortium.models import StoredFile
from consortium.refusals import Invalid

# Kinds by content, never by name: leading bytes and what they are.
KINDS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"PK\x03\x04": "application/zip",
}


class Damaged(Exception):
    """A stored file's bytes no longer agree with its hash."""


def path_of(sha256):
    """Where the bytes with this hash live."""
    return settings.FILES_DIR / sha256[:2] / sha256[2:4] / sha256


def store(content, *, name, media_type, by):
    """Keep `content` (bytes) privately and return its row. The same bytes are stored once on disk."""
    digest = hashlib.sha256(content).hexdigest()
    target = path_of(digest)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, target)
    return StoredFile.objects.create(
        sha256=digest,
        name=name[:200],
        media_type=media_type,
        size=len(content),
        stored_at=clock.now(),
        stored_by=by,
    )


def store_pieces(pieces, *, name, media_type, by):
    """Like `store` for content that comes in pieces (bytes) and need not fit into memory."""
    settings.FILES_DIR.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, temporary = tempfile.mkstemp(dir=settings.FILES_DIR)
    try:
        with os.fdopen(handle, "wb") as out:
            for piece in pieces:
                digest.update(piece)
                size += out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        target = path_of(digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
    return StoredFile.objects.create(
        sha256=digest.hexdigest(),
        name=name[:200],
        media_type=media_type,
        size=size,
        stored_at=clock.now(),
        stored_by=by,
    )


def store_upload(upload, *, by):
    """Keep an uploaded file, refused with a sentence when it is too large or of another kind than those allowed."""
    limit = settings.FILE_LIMIT_BYTES
    if upload.size > limit:
        raise _not_uploaded(
            upload.name, _("it is larger than %(limit)d MB") % {"limit": limit // 1024 // 1024}
        )
    content = upload.read()
    media_type = next((kind for head, kind in KINDS.items() if content.startswith(head)), None)
    if media_type is None:
        raise _not_uploaded(upload.name, _("its content is of another kind"))
    if media_type == "application/zip":
        media_type = _office_kind(content)
        if media_type is None:
            raise _not_uploaded(upload.name, _("its content is of another kind"))
    return store(content, name=upload.name, media_type=media_type, by=by)


def _office_kind(content):
    """DOCX and XLSX are ZIP archives that name their parts; macros and other archives are refused."""
    if b"vbaProject" in content:
        return None
    for part, kind in (
        (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ):
        if b"[Content_Types].xml" in content and part in content:
            return kind
    return None


def _not_uploaded(name, reason):
    sentence = _(
        "“%(name)s” was not uploaded: %(reason)s. Allowed: PDF, JPG, PNG, DOCX, XLSX, up to %(limit)d MB each."
    ) % {"name": name, "reason": reason, "limit": settings.FILE_LIMIT_BYTES // 1024 // 1024}
    return Invalid(sentence, field="file", code="file")


def own(user, pk):
    """The file with this number if the user stored it, else None."""
    return StoredFile.objects.filter(pk=pk, stored_by=user).first()


def of_hash(sha256):
    """A stored file with these very bytes, the oldest, or None."""
    return StoredFile.objects.filter(sha256=sha256).order_by("pk").first()


def forget(stored):
    """Erase a stored file: its row, and its bytes unless another row names the same ones. After commit, for good."""
    digest = stored.sha256
    stored.delete()

    def erase():
        if not StoredFile.objects.filter(sha256=digest).exists():
            path_of(digest).unlink(missing_ok=True)

    transaction.on_commit(erase)


def read(stored):
    """The bytes of a stored file; raises Damaged when they no longer agree with the hash."""
    content = path_of(stored.sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise Damaged(stored.sha256)
    return content
