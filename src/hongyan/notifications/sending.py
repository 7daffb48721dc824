"""How are leased letters handed over, several at a time? Knows no database."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from hongyan.notifications.channels.letter import Adapter, Failure, Letter, Unanswered

THREADS = 8
log = logging.getLogger("hongyan.notifications")


@dataclass(frozen=True)
class Outcome:
    """What became of one letter: a receipt, or the failure."""

    notice_id: int
    receipt: str = ""
    failure: Failure | None = None


@dataclass(frozen=True)
class Errand:
    """One letter, the notice it belongs to and the adapter that carries it."""

    notice_id: int
    adapter: Adapter
    letter: Letter


def _run(errand: Errand) -> Outcome:
    try:
        return Outcome(errand.notice_id, receipt=errand.adapter.send(errand.letter))
    except Failure as failure:
        return Outcome(errand.notice_id, failure=failure)
    except Exception as error:  # noqa: BLE001 -- a fault in one adapter must not lose the other letters
        # The sentence of an unknown fault may repeat the address; its type never does.
        log.error("notice %s: adapter fault %s", errand.notice_id, type(error).__name__)
        return Outcome(errand.notice_id, failure=Unanswered(f"fault {type(error).__name__}"))


def outcomes(errands: Sequence[Errand], *, may_go_on: Callable[[], bool]) -> Iterator[list[Outcome]]:
    """Send in parallel and yield outcomes as they come; start no further letter once `may_go_on` says no."""
    waiting = iter(errands)
    running: set[Future[Outcome]] = set()
    with ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="deliver") as pool:
        while True:
            while len(running) < THREADS and may_go_on():
                errand = next(waiting, None)
                if errand is None:
                    break
                running.add(pool.submit(_run, errand))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield [future.result() for future in done]
