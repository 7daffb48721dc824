"""Which part of a running installation is this process? Started by `hongyan serve`, and gone when it is."""

import sys
from collections.abc import Sequence

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from hongyan.__main__ import main
from hongyan.vault.log_lines import logging_settings
from hongyan.web.serving import follow

THREADS = 4


def serve(host: str, port: int, workers: int) -> None:
    """Serve pages until told to stop."""
    Granian(
        "hongyan.web.served:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=workers,
        blocking_threads=THREADS,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=5,
        # A request line could carry a signed link.
        log_access=False,
        log_level=LogLevels.warning,
        # Its own handlers would write past the redaction.
        log_dictconfig=logging_settings(),
    ).serve()


def begin(arguments: Sequence[str]) -> None:
    """Be the web server, or one of the commands: the parent's number, a name, what else it needs."""
    parent, name, *rest = arguments
    follow(int(parent))
    if name == "web":
        host, port, workers = rest
        serve(host, int(port), int(workers))
        return
    sys.argv = ["hongyan", name, *rest]
    main()


if __name__ == "__main__":
    begin(sys.argv[1:])
