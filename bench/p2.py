"""P2: how near does a check-in over HTTP on SQLite come to the raw transaction?"""

from django.conf import settings
from django.db import connections

from bench import server
from bench.check_in import AIM, CLIENTS, REQUIRED, Contest, caller, ceiling, compared, first_explanation, size
from bench.clients import Connect, Supply
from bench.floor import floor_of, raw_sqlite, sqlite_moment
from bench.measuring import Comparison
from bench.province import seed

WRITES = "raw sqlite3 transaction, one writer"
READS = "raw sqlite3 transaction with its reads, one writer"
CROWD = "raw sqlite3 transaction, same 8 clients"


def measure(quick: bool) -> list[Comparison]:
    """Let the server and raw transactions take turns: one writer alone is what SQLite does best."""
    wanted = size(quick)
    province = seed(awaiting=wanted.awaiting, hosted=wanted.hosted, callers=CLIENTS)
    file = str(settings.DATABASES["default"]["NAME"])
    with server.hongyan() as ours:
        floor = floor_of(province, sqlite_moment, first_explanation(ours, province))
        connections.close_all()
        writes = raw_sqlite(floor, file, reads=False)
        contenders = {
            "ours": caller(ours, province),
            WRITES: _alone(writes),
            READS: _alone(raw_sqlite(floor, file, reads=True)),
            CROWD: writes,
        }
        contest = Contest(contenders, Supply(province.awaiting[1:], CLIENTS), wanted.seconds)
        rounds = contest.run(wanted.rounds)
    note = f"{contest.latency('ours')}; the clients' own ceiling {ceiling(province, wanted.seconds):,.0f}/s"
    return [
        compared("P2", contest, rounds, WRITES, required=REQUIRED, aim=AIM, note=note),
        compared("P2", contest, rounds, READS, required=REQUIRED, aim=AIM),
        compared("P2", contest, rounds, CROWD),
    ]


def _alone(connect: Connect) -> Connect:
    """Let only the first client work."""
    return lambda number: None if number else connect(number)
