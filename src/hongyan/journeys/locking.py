"""In which order do a move and a change of organisations wait for each other: first cases, then places?"""

from django.db import connection


def cases_first() -> None:
    """Wait for whoever rewrites the tree before an organisation is locked: he locks the cases first, too.

    The other way round each would hold what the other one waits for. Any change of a case takes it.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE journeys_journey IN ROW EXCLUSIVE MODE")
