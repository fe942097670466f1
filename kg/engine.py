"""Where the work runs: in this process, in local processes, or on a Dask cluster, through one interface."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from types import TracebackType
from typing import Any, TypeVar

from kg.errors import KgError, one_line

T = TypeVar("T")
R = TypeVar("R")

_HOPELESS = 5  # items one after the other that kill their workers
_AHEAD = 3  # batches in flight for each worker, so that none waits and few are held


class Engine:
    """Runs functions over batches, ``workers`` at a time; ``scheduler`` is the address of a Dask scheduler.

    Without ``workers``, one process for each core that this one may use; a single batch runs here, since a
    process takes longer to start. Raises KgError where the scheduler does not answer.
    """

    def __init__(self, workers: int | None = None, scheduler: str | None = None) -> None:
        self._workers = workers or len(os.sched_getaffinity(0))
        self._scheduler = scheduler
        self._executor: Executor | None = None
        self._close: Callable[[], None] | None = None

    def __enter__(self) -> Engine:
        if self._scheduler:
            self._connect(self._scheduler)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        if self._close:
            self._close()

    def map(
        self,
        function: Callable[[Sequence[T]], R],
        batches: Iterable[Sequence[T]],
        failed: Callable[[T], R],
    ) -> Iterator[R]:
        """What ``function`` gives for each batch, in the order in which they are done.

        A worker that dies takes no other work with it: its batch is tried again item by item, and
        ``failed`` stands in for the item that kills its worker again.
        """
        batches = iter(batches)
        if not self._scheduler:
            first = list(islice(batches, 2))
            if self._workers == 1 or len(first) < 2:
                yield from map(function, chain(first, batches))
                return
            batches = chain(first, batches)
        running: dict[Future[R], Sequence[T]] = {}
        for batch in chain(batches, [None]):
            if batch is not None:
                running[self._submit(function, batch)] = batch
            while running and (batch is None or len(running) >= _AHEAD * self._workers):
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                broken = [running.pop(future) for future in done if self._died(future)]
                yield from (future.result() for future in done if future in running and running.pop(future))
                if broken:
                    broken += running.values()
                    running.clear()
                    self._stop()
                    yield from self._singly(function, chain.from_iterable(broken), failed)

    def _singly(
        self, function: Callable[[Sequence[T]], R], items: Iterable[T], failed: Callable[[T], R]
    ) -> Iterator[R]:
        deaths = 0
        for item in items:
            future = self._submit(function, [item])
            if not self._died(future):
                deaths = 0
                yield future.result()
                continue
            self._stop()
            deaths += 1
            if deaths == _HOPELESS:
                raise KgError(
                    "the worker processes die, whatever they work on: build with --workers 1 to see why"
                )
            yield failed(item)

    def _submit(self, function: Callable[[Sequence[T]], R], batch: Sequence[T]) -> Future[R]:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._workers, mp_context=get_context("spawn"), initializer=_end_with_parent
            )
        # A worker that starts here has Ctrl-C blocked for good: stopping it is left to this process.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return self._executor.submit(function, batch)
        except BrokenProcessPool as error:
            future: Future[R] = Future()
            future.set_exception(error)
            return future
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def _died(self, future: Future[R]) -> bool:
        try:
            error = future.exception()
        except CancelledError:
            message = f"lost the Dask scheduler: {self._scheduler}: run the same command again to go on"
            raise KgError(message) from None
        return isinstance(error, BrokenProcessPool) or type(error).__name__ == "KilledWorker"

    def _stop(self) -> None:
        if self._executor is not None and not self._scheduler:
            self._executor.shutdown(wait=True, cancel_futures=True)
            self._executor = None

    def _connect(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise KgError("distributed, which runs on Dask, is not there: pip install distributed") from None
        for logger in ("distributed", "distributed.client", "tornado"):
            logging.getLogger(logger).setLevel(logging.CRITICAL + 1)  # what goes wrong is told in one line
        try:
            client: Any = Client(address, timeout="10s")  # type: ignore[no-untyped-call]
        except (OSError, TimeoutError, ValueError) as error:
            raise KgError(
                f"no Dask scheduler: {address}: {one_line(error)}: start one, or build with --workers"
            ) from None
        self._workers = max(1, sum(client.ncores().values()))
        self._executor = client.get_executor(pure=False)
        self._close = client.close


def _end_with_parent() -> None:
    """End this worker when the process that started it is gone, even by SIGKILL."""
    parent = parent_process()
    assert parent

    def watch() -> None:
        with suppress(OSError):
            wait_for([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
