"""P11: how heavy are the member's pages, and how many queries do they ask?"""

from django.core.management import call_command

from bench import pages, server
from bench.measuring import Comparison
from hongyan.demo.cast import member_of
from hongyan.journeys.links import path_for
from hongyan.journeys.models import Journey

KILOBYTES, QUERIES = 60.0, 10


def measure(quick: bool) -> list[Comparison]:
    """Weigh the pages of two members of the story on the real server, as a first visit."""
    call_command("demo", scale="small")
    worker, driver = member_of("worker"), member_of("driver")
    if worker is None or driver is None:
        raise RuntimeError("the demo lacks its story")
    link = path_for(Journey.objects.open().get(member=worker))
    asked = {
        "check-in page by link": (link, ""),
        "member's home, awaiting": ("/m/", pages.signed_in(worker)),
        "member's home, hosted": ("/m/", pages.signed_in(driver)),
    }
    with server.hongyan() as port:
        weights = {name: pages.weight(port, path, cookie) for name, (path, cookie) in asked.items()}
    counted = {name: pages.queries(path, cookie) for name, (path, cookie) in asked.items()}
    return [
        *(_beside(f"weight, {name}", "kB", bytes_ / 1000, KILOBYTES) for name, bytes_ in weights.items()),
        *(_beside(f"queries, {name}", "", number, QUERIES) for name, number in counted.items()),
    ]


def _beside(what: str, unit: str, ours: float, budget: float) -> Comparison:
    return Comparison("P11", what, "budget", unit, ours, budget, required=1.0, more_is_better=False)
