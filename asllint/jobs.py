"""Lint many files: what the cache knows is taken from there, the rest is linted here or, where it is much, by more processes.

Processes are started anew (not forked), get paths, contents and settings, and give plain values back; what is found, and its
order, do not depend on their number.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from asllint.cache import Cache, Store, digest_of, unpack
from asllint.files import STDIN, File, ReadError, slashes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from typing import Any, Final

    from asllint.cache import Packed
    from asllint.registry import Registry
    from asllint.result import Report
    from asllint.settings import SettingsFinder

    Job = tuple[str, bytes, bool]
    """Path, content, and whether it is judged as ASL."""
    Done = tuple[Packed, bool]
    """What was found, and whether a rule crashed."""

LARGE_RUN: Final = 1_500_000
"""Bytes to lint from which on more processes pay, unless the user says how many."""

_SHARE: Final = 400_000
"""Bytes for each of them at least: to start one takes as long as to lint 200 kB."""

_CHUNK: Final = 150_000
"""Bytes that a process is given at once: a fraction of a second, so that none is idle long at the end."""

_MAX_KEPT: Final = 64 * 1024 * 1024
"""Bytes of content that are kept until they are linted; past them a file is read a second time."""


class Progress:
    """A line on a terminal that says how far a long run is, taken away at the end.

    total   files
    stream  None: nothing is shown
    """

    __slots__ = ("_done", "_next", "_shown", "_stream", "_total")

    AFTER: Final = 1.0
    EVERY: Final = 0.1
    """Seconds before it is shown at all, and between two changes."""

    def __init__(self, total: int, stream: Any = None) -> None:
        self._total = total
        self._stream = stream
        self._done = 0
        self._shown = 0
        self._next = 0.0
        if stream is not None:
            from time import monotonic

            self._next = monotonic() + self.AFTER

    def step(self, files: int = 1) -> None:
        """Count files that are done."""
        self._done += files
        if self._stream is None:
            return
        from time import monotonic

        now = monotonic()
        if now >= self._next:
            self._next = now + self.EVERY
            line = f"Linting: {self._done} of {self._total} files"
            self._write("\r" + line.ljust(self._shown))
            self._shown = len(line)

    def clear(self) -> None:
        """Take the line away; it is shown again at the next step."""
        if self._stream is not None and self._shown:
            self._write("\r" + " " * self._shown + "\r")
            self._shown = 0

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._stream = None


class _Miss:
    """A file that is to be linted; `data` is None where it is to be read again, `index` is its place in the order."""

    __slots__ = ("data", "file", "full", "index", "size", "store")

    def __init__(self, index: int, file: File, full: str, data: bytes, store: Store | None) -> None:
        self.index = index
        self.file = file
        self.full = full
        self.data: bytes | None = data
        self.size = len(data)
        self.store = store


class Run:
    """One run over many files.

    given     what `prepare` takes: from it the processes make their own finder and registry
    complain  what says something to the user
    jobs      how many processes lint; None: as many as pay
    """

    def __init__(
        self,
        finder: SettingsFinder,
        registry: Registry,
        given: Mapping[str, Any],
        complain: Callable[[str], None],
        *,
        cache: Cache | None = None,
        jobs: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._finder = finder
        self._registry = registry
        self._given = dict(given)
        self._cache = cache
        self._jobs = jobs
        self._progress = progress or Progress(0)
        self._say = complain
        self._reports: dict[int, Report] = {}
        self._pending = 0
        self.failed = False

    def lint(self, files: Sequence[File]) -> list[tuple[File, Report]]:
        """Return what was found in each file, in their order; without those that cannot be read, which are complained of.

        Raises SettingsError.
        """
        try:
            misses = self._look_up(files)
            jobs = self._processes(misses)
            if jobs > 1:
                misses = _Pool(self, self._given, jobs).lint(misses)
            for miss in misses:
                self._lint_here(miss)
        finally:
            self._progress.clear()
            if self._cache is not None:
                self._cache.save()
        return [(files[i], self._reports[i]) for i in sorted(self._reports)]

    def complain(self, message: str) -> None:
        """Say something, and go on with the progress behind it."""
        self._progress.clear()
        self._say(message)

    def _look_up(self, files: Sequence[File]) -> list[_Miss]:
        """Read all files; take over what the cache knows, and return the rest."""
        misses = []
        kept = 0
        cwd = self._finder.cwd
        for index, file in enumerate(files):
            settings = self._finder.for_path(file.path)
            data = self.read(file)
            if data is None:
                self._progress.step()
                continue
            store = None
            full = file.full
            if self._cache is not None and full != STDIN:
                store = self._cache.store(settings, file.path)
            if store is not None:
                if file.explicit:  # what a walk has found is absolute
                    full = slashes(os.path.abspath(os.path.join(cwd, full)))
                packed = store.get(full, _key(file, data))
                if packed is not None:
                    try:
                        self._reports[index] = unpack(packed, file.path, data)
                        self._progress.step()
                        continue
                    except (TypeError, ValueError, IndexError):
                        pass  # whoever wrote it, not this version
            miss = _Miss(index, file, full, data, store)
            kept += miss.size
            if kept > _MAX_KEPT and file.full != STDIN:
                miss.data = None
            misses.append(miss)
        return misses

    def read(self, file: File) -> bytes | None:
        """Return the content of a file; complain, and return None, where it cannot be read."""
        try:
            return file.read()
        except ReadError as error:
            self.complain(f"{file.path}: {error}")
            self.failed = True
            return None

    def _processes(self, misses: Sequence[_Miss]) -> int:
        """Return how many processes are to lint."""
        if len(misses) < 2 or self._jobs == 1:
            return 1
        if self._jobs is not None:
            return min(self._jobs, len(misses))
        size = sum(miss.size for miss in misses)
        return min(cores(), len(misses), size // _SHARE) if size >= LARGE_RUN else 1

    def _lint_here(self, miss: _Miss) -> None:
        from asllint.cache import pack
        from asllint.engine import COLLECT_AFTER, lint

        data = self.content(miss)
        if data is not None:
            path = miss.file.path
            report = lint(path, data, self._finder.for_path(path), self._registry, judged=miss.file.judged)
            self._reports[miss.index] = report
            if miss.store is not None and not report.failed:
                miss.store.put(miss.full, _key(miss.file, data), pack(report))
        self._pending += miss.size
        if self._pending > COLLECT_AFTER:
            gc.collect()
            self._pending = 0
        miss.data = None
        self._progress.step()

    def content(self, miss: _Miss) -> bytes | None:
        """Return what is to be linted, read again where it was not kept."""
        if miss.data is None:
            miss.data = self.read(miss.file)
        return miss.data

    def settle(self, miss: _Miss, done: Done | None) -> None:
        """Take over what another process found in a file; None: nothing, since it died of it."""
        if done is None:
            self.failed = True
        elif miss.data is not None:
            packed, failed = done
            report = self._reports[miss.index] = unpack(packed, miss.file.path, miss.data, ours=True)
            report.failed = failed
            if miss.store is not None and not failed:
                miss.store.put(miss.full, _key(miss.file, miss.data), packed)
        miss.data = None
        self._progress.step()


def _key(file: File, data: bytes) -> str:
    return digest_of(data) + ("!" if file.judged else "")


def cores() -> int:
    """Return how many cores this process may use."""
    if sys.version_info >= (3, 13):
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# -- other processes


def _work(connection: Connection, given: dict[str, Any]) -> None:
    """What such a process does: say that it is ready, then lint what it is sent until nothing comes any more."""
    import signal

    from asllint.cache import pack
    from asllint.engine import COLLECT_AFTER, lint
    from asllint.settings import prepare

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that started it is interrupted too, and ends it
    gc.disable()
    finder, registry = prepare(given)
    connection.send(None)
    pending = 0
    while True:
        try:
            jobs: list[Job] = connection.recv()
        except EOFError:
            os._exit(0)  # what was read is left to the system, which takes it back faster than the interpreter
        out: list[Done] = []
        for path, data, judged in jobs:
            report = lint(path, data, finder.for_path(path), registry, judged=judged)
            out.append((pack(report), report.failed))
            pending += len(data)
        connection.send(out)
        if pending > COLLECT_AFTER:
            gc.collect()
            pending = 0


class _Worker:
    """A process, our end of the pipe to it, and what it is linting; `ready` once it has said so."""

    __slots__ = ("chunk", "connection", "process", "ready")

    def __init__(self, process: BaseProcess, connection: Connection) -> None:
        self.process = process
        self.connection = connection
        self.chunk: list[_Miss] = []
        self.ready = False


class _Pool:
    """Processes that lint: each has one chunk at a time, so that it is known what one that died was at."""

    def __init__(self, run: Run, given: dict[str, Any], jobs: int) -> None:
        self._run = run
        self._given = given
        self._jobs = jobs
        self._chunks: list[list[_Miss]] = []
        self._workers: list[_Worker] = []

    def lint(self, misses: Sequence[_Miss]) -> list[_Miss]:
        """Lint all files; return those that are left since no process could be started."""
        from multiprocessing.connection import wait

        self._chunks = _chunks(misses, self._jobs)
        self._chunks.reverse()  # taken from the end
        try:
            for _ in range(min(self._jobs, len(self._chunks))):
                self._start()
            while self._workers:
                by_connection = {worker.connection: worker for worker in self._workers}
                for connection in wait(list(by_connection)):
                    self._hear(by_connection[connection])  # type: ignore[index]
        except BaseException:
            for worker in self._workers:
                worker.process.kill()
            for worker in self._workers:
                worker.process.join()
            raise
        return sorted((miss for chunk in self._chunks for miss in chunk), key=lambda miss: miss.index)

    def _start(self) -> None:
        from multiprocessing import get_context
        from signal import SIG_IGN, SIGINT, default_int_handler, getsignal, signal
        from threading import current_thread, main_thread

        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, self._given), daemon=True)
        # until it ignores an interrupt itself, it has that from us; between the two lines one of ours is lost
        careful = current_thread() is main_thread() and getsignal(SIGINT) is default_int_handler
        if careful:
            signal(SIGINT, SIG_IGN)
        try:
            process.start()
        except (OSError, RuntimeError) as error:
            ours.close()
            self._run.complain(f"no further process can be started ({error})")
            return
        finally:
            if careful:
                signal(SIGINT, default_int_handler)
            theirs.close()
        self._workers.append(_Worker(process, ours))

    def _hear(self, worker: _Worker) -> None:
        """Take what a process says, or that it is dead, and give it the next chunk."""
        try:
            said: list[Done] | None = worker.connection.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        worker.ready = True
        for miss, done in zip(worker.chunk, said or (), strict=True):
            self._run.settle(miss, done)
        worker.chunk = []
        while self._chunks and not worker.chunk:
            worker.chunk = [miss for miss in self._chunks.pop() if self._run.content(miss) is not None]
        if not worker.chunk:
            self._workers.remove(worker)
            worker.connection.close()  # it ends by that
            worker.process.join()
            return
        try:
            worker.connection.send([(m.file.path, m.data, m.file.judged) for m in worker.chunk])
        except OSError:
            self._bury(worker)

    def _bury(self, worker: _Worker) -> None:
        """Say that a process died, where it is known of which file; else let others look for it."""
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.join()
        if not worker.ready:
            if not self._workers:
                self._run.complain("no process could be started to lint with; going on with this one alone")
            return
        if len(worker.chunk) == 1:
            (miss,) = worker.chunk
            how = _ending(worker.process.exitcode)
            path = miss.file.path
            self._run.complain(f"{path}: the process that linted it {how}; what is in it is not known")
            self._run.settle(miss, None)
        else:
            self._chunks += [[miss] for miss in reversed(worker.chunk)]
        if self._chunks:
            self._start()


def _chunks(misses: Iterable[_Miss], jobs: int) -> list[list[_Miss]]:
    """Return the files in parts of about the same size, at least one for each process."""
    listed = list(misses)
    size = min(_CHUNK, sum(miss.size for miss in listed) // jobs + 1)
    out: list[list[_Miss]] = []
    room = 0
    for miss in listed:
        if room <= 0:
            out.append([])
            room = size
        out[-1].append(miss)
        room -= miss.size + 1000  # to begin a file takes time too
    return out


def _ending(status: int | None) -> str:
    """Say how a process ended."""
    if status is not None and status < 0:
        from signal import Signals

        try:
            name = Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        hint = " (is the memory full?)" if name == "SIGKILL" else ""
        return f"was ended by {name}{hint}"
    return f"ended with status {status}"
