"""Put a file's new content in the place of its old one: wholly or not at all.

The new content is written beside the file and takes its name in one step, so that there is no
moment at which the file is neither. Of a file with several names (hard links) the others keep the
old content.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import List

_WRITE = 0o222  # by the owner, the group or others


class Unwritable(Exception):
    """A file was left as it is.

    Args:
        reason: why, without the file's name.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def replace_content(path: str, before: bytes, after: bytes) -> None:
    """Write a file anew, with its permissions and, where that is allowed, its owner.

    Args:
        path: the file; of a link what it points to is written, and the link stays.
        before: its content as it was read; if it has another one now, it is left alone.
        after: its new content.

    Raises:
        Unwritable: it was left as it is.
    """
    real = os.path.realpath(path)
    try:
        _refuse_read_only(real)
        _refuse_changed(real, before)
        _replace(real, before, after)
    except FileNotFoundError:
        raise Unwritable("was removed meanwhile") from None
    except OSError as error:
        raise Unwritable(f"can't be written: {error.strerror}") from error


def _refuse_read_only(path: str) -> None:
    """Keep away from what somebody protected: its name could be given to another file all the same.

    The superuser may write everything, so that the permissions themselves are asked.
    """
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise Unwritable("is no regular file")
    if not status.st_mode & _WRITE or not os.access(path, os.W_OK):
        raise Unwritable("is read-only")
    folder = os.path.dirname(path)
    if not os.stat(folder).st_mode & _WRITE or not os.access(folder, os.W_OK):
        raise Unwritable("its folder is read-only")


def _refuse_changed(path: str, before: bytes) -> None:
    with open(path, "rb") as file:
        now = file.read()
    if now != before:
        raise Unwritable("was changed by somebody else meanwhile; run it again")


def _replace(path: str, before: bytes, after: bytes) -> None:
    folder = os.path.dirname(path)
    # Named before it exists: after an interrupt at whatever moment its name is known.
    scratch = os.path.join(folder, f".mosaic-lint.{os.urandom(8).hex()}.tmp")
    try:
        with open(scratch, "xb", opener=_for_its_owner) as file:
            file.write(after)
            file.flush()
            _resemble(file.fileno(), scratch, path)
            os.fsync(file.fileno())
        _refuse_changed(path, before)
        os.replace(scratch, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(scratch)
        raise
    _sync_folder(folder)


def _for_its_owner(path: str, flags: int) -> int:
    """Open a new file that nobody else may read before it has the old one's permissions."""
    return os.open(path, flags, 0o600)


def _resemble(descriptor: int, scratch: str, path: str) -> None:
    """Give a new file the owner, the permissions and the attributes of an old one."""
    status = os.stat(path)
    if hasattr(os, "fchown"):
        with suppress(OSError):
            os.fchown(descriptor, -1, status.st_gid)
        with suppress(OSError):  # whoever may not give files away becomes the owner
            os.fchown(descriptor, status.st_uid, -1)
    os.chmod(scratch, stat.S_IMODE(status.st_mode))
    for attribute in _attributes(path):
        with suppress(OSError):  # some are for the system to set
            os.setxattr(scratch, attribute, os.getxattr(path, attribute))


def _attributes(path: str) -> List[str]:
    """The names of a file's extended attributes, where system and file system have them."""
    if hasattr(os, "listxattr"):
        with suppress(OSError):
            return os.listxattr(path)
    return []


def _sync_folder(folder: str) -> None:
    """Make the new name outlive a power cut, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
