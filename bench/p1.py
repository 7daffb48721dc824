"""P1: how near does a check-in over HTTP on PostgreSQL come to the raw transaction?"""

import os

from django.db import connection, connections

from bench import server
from bench.check_in import AIM, CLIENTS, REQUIRED, Contest, caller, ceiling, compared, first_explanation, size
from bench.clients import Supply
from bench.floor import floor_of, raw_postgresql
from bench.measuring import Comparison
from bench.province import seed

WRITES = "raw psycopg transaction, writes only"
READS = "raw psycopg transaction with its reads"
USUAL = "usual deployment (ORM, connection kept)"


def measure(quick: bool) -> list[Comparison]:
    """Let the server, two raw floors and the usual way take turns."""
    wanted = size(quick)
    province = seed(awaiting=wanted.awaiting, hosted=wanted.hosted, callers=CLIENTS)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    usual = {"DJANGO_SETTINGS_MODULE": "bench.usual_settings"}
    with server.hongyan() as ours, server.application("bench.usual_wsgi:application", **usual) as other:
        floor = floor_of(province, lambda moment: moment, first_explanation(ours, province))
        # Clients are forked: none of them may share this process's connection.
        connections.close_all()
        url = os.environ["DATABASE_URL"]
        contenders = {
            "ours": caller(ours, province),
            WRITES: raw_postgresql(floor, url, reads=False),
            READS: raw_postgresql(floor, url, reads=True),
            USUAL: caller(other, province),
        }
        contest = Contest(contenders, Supply(province.awaiting[1:], CLIENTS), wanted.seconds)
        rounds = contest.run(wanted.rounds)
    note = f"{contest.latency('ours')}; the clients' own ceiling {ceiling(province, wanted.seconds):,.0f}/s"
    return [
        compared("P1", contest, rounds, WRITES, required=REQUIRED, aim=AIM, note=note),
        compared("P1", contest, rounds, READS, required=REQUIRED, aim=AIM),
        compared("P1", contest, rounds, USUAL, note=f"the other's {contest.latency(USUAL)}"),
    ]
