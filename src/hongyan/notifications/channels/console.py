"""What would have been sent? Appends it to a file of JSON lines, for demos and trials."""

import json
import os
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from hongyan.notifications.channels.letter import Adapter, Letter
from hongyan.notifications.texts import sign
from hongyan.vault.redaction import mask_phone


class Console:
    """Writes letters to a file that only its owner may read."""

    def __init__(self, path: Path) -> None:
        """Remember where to write."""
        self._path = path

    def send(self, letter: Letter) -> str:
        """Append one line; the address keeps its last four characters only."""
        line = json.dumps(
            {
                "id": letter.client_id,
                "kind": letter.kind,
                "recipient": letter.recipient,
                "address": mask_phone(letter.address),
                "text": sign() + letter.text,
            },
            ensure_ascii=False,
        )
        # One write in append mode: lines of two workers do not mix.
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, line.encode() + b"\n")
        finally:
            os.close(file)
        return f"file-{letter.client_id}"


def carries(kind: str) -> bool:
    """Write whatever there is to say."""
    return True


def adapter() -> Adapter:
    """Open the file named by HONGYAN_OUTBOX; a production writes no message into any file."""
    if settings.PRODUCTION:
        raise ImproperlyConfigured("the console channel is for demos and trials")
    return Console(Path(settings.HONGYAN_OUTBOX))
