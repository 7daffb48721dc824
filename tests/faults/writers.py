"""Who writes to the server from several threads at once, and remembers what it acknowledged?"""

import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx


@dataclass
class Writers:
    """Threads that note contacts through the API, each on journeys of its own."""

    api: str
    token: str
    journeys: Sequence[int]
    threads: int = 4
    # By journey: the versions the server acknowledged.
    acknowledged: dict[int, list[int]] = field(default_factory=dict)
    # By key: the journey of a request whose answer never came.
    unanswered: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _running: list[threading.Thread] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Count what was acknowledged so far."""
        return sum(len(versions) for versions in list(self.acknowledged.values()))

    def start(self) -> None:
        """Begin to write."""
        for number in range(self.threads):
            mine = self.journeys[number :: self.threads]
            thread = threading.Thread(target=self._write, args=(mine,))
            self._running.append(thread)
            thread.start()

    def stop(self) -> None:
        """Stop and wait for the last answers."""
        self._stop.set()
        for thread in self._running:
            thread.join()

    def _write(self, journeys: Sequence[int]) -> None:
        with httpx.Client(timeout=10) as client:
            while not self._stop.is_set():
                for journey in journeys:
                    if self._stop.is_set():
                        return
                    key = uuid.uuid4().hex
                    try:
                        self.send(client, journey, key)
                    except httpx.HTTPError:
                        self.unanswered[key] = journey
                        # The server is gone: give it a moment.
                        self._stop.wait(0.2)

    def send(self, client: httpx.Client, journey: int, key: str) -> None:
        """Send one contact and note the answer."""
        answer = client.post(
            f"{self.api}/journeys/{journey}/contact",
            json={"note": "已通话"},
            headers={"Authorization": f"Bearer {self.token}", "Idempotency-Key": key},
        )
        if answer.is_success:
            self.acknowledged.setdefault(journey, []).append(answer.json()["version"])
        else:
            self.refused.append(answer.text)

    def send_again(self) -> None:
        """Send every unanswered request once more with its old key, as a careful and patient client does."""
        with httpx.Client(timeout=60) as client:
            for key, journey in self.unanswered.items():
                self.send(client, journey, key)
