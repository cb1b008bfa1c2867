"""A file replaced in one step: who reads it sees the old or the new content, whatever happens."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_PREFIX: Final = ".asllint-"
_SUFFIX: Final = ".tmp"

_UNFINISHED: Final = 3600
"""Seconds; after them a temporary file is one of a process that was killed."""


def replace(
    path: str,
    data: bytes,
    mode: int,
    *,
    owner: tuple[int, int] | None = None,
    ready: Callable[[], None] | None = None,
) -> None:
    """Put a new file in the place of the one at a path that is no link, or of none.

    mode   permissions of the new file
    owner  user and group of the new file, where the system allows it
    ready  called when the new content is on the disk: what it raises, it raises, and the old file stays

    What earlier calls left in the directory, since the process was killed, is removed. Raises OSError.
    """
    from tempfile import mkstemp

    folder = os.path.dirname(path)
    handle, temporary = mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder)
    try:
        with open(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            if owner is not None and hasattr(os, "fchown"):
                # another's file in a directory of ours: the new one is ours
                with contextlib.suppress(OSError):
                    os.fchown(stream.fileno(), *owner)
            if hasattr(os, "fchmod"):
                os.fchmod(stream.fileno(), mode)  # behind it: a new owner clears some bits
            os.fsync(stream.fileno())
        if ready is not None:
            ready()
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync(folder)
    _tidy(folder)


def _sync(folder: str) -> None:
    """Let the new name reach the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _tidy(folder: str) -> None:
    """Remove temporary files that are no longer written to."""
    from time import time

    ours = re.compile(rf"{re.escape(_PREFIX)}\w{{8}}{re.escape(_SUFFIX)}")  # as mkstemp names them
    with contextlib.suppress(OSError):
        for name in filter(ours.fullmatch, os.listdir(folder)):
            left = os.path.join(folder, name)
            with contextlib.suppress(OSError):
                if time() - os.lstat(left).st_mtime > _UNFINISHED:
                    os.unlink(left)
