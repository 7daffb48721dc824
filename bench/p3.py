"""P3 and P4 as far as the demo goes: how long does the server work on an overview and on a desk?

Information only, at the demo's 36,000 journeys; the requirement speaks of millions. What can be seen already:
whether a narrow scope costs more than the whole province (T18), and what figures cost beside a page without.
"""

from django.core.management import call_command

from bench import pages
from bench.measuring import QUICK_ROUNDS, ROUNDS, Comparison, Rounds, alternate
from hongyan.demo.cast import users
from hongyan.journeys.models import Journey
from hongyan.organizations.models import Organization

SCOPES = {"province": "62", "prefecture": "6201", "county": "620102", "community": "620102016006"}
DESKS = {
    "province": "province_department",
    "county": "chengguan_department",
    "community": "community_secretary",
}


def measure(quick: bool) -> list[Comparison]:
    """Time the pages of every scope in turn."""
    call_command("demo", scale="small" if quick else "full")
    people = users()
    province = pages.signed_in(user=people["province_department"].pk)
    turns = {"about": pages.timed("/about-position/")}
    for scope, division in SCOPES.items():
        organization = Organization.objects.filter(division_id=division).order_by("path").first()
        if organization:
            turns[f"overview, {scope}"] = pages.timed(f"/overview/{organization.pk}/", province)
    for scope, username in DESKS.items():
        turns[f"desk, {scope}"] = pages.timed("/desk/", pages.signed_in(user=people[username].pk))
    rounds = alternate(turns, QUICK_ROUNDS if quick else ROUNDS)
    size = f"{Journey.objects.count():,} journeys, {Organization.objects.count():,} organisations, SQLite"
    return [_line(name, rounds, size) for name in turns if name != "about"]


def _line(name: str, rounds: Rounds, size: str) -> Comparison:
    """Put one page beside the same page of the whole province."""
    kind = name.split(",")[0]
    whole = f"{kind}, province"
    beside = whole if name != whole else "about"
    return Comparison(
        number="P3" if kind == "overview" else "P4",
        what=name,
        beside=beside if beside == whole else "a page without figures",
        unit="ms",
        ours=rounds.middle(name),
        other=rounds.middle(beside),
        more_is_better=False,
        spread=rounds.spread(name),
        note=size if name == whole else "",
    )
