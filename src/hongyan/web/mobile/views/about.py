"""How is a position used, and what is never done with it?"""

from dataclasses import replace
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hongyan.privacy.policy import Table, consent_texts, policy
from hongyan.web.guards import anyone


@anyone("GET")
def position_use(request: HttpRequest) -> HttpResponse:
    """Explain what happens to a position, and what does not."""
    return render(request, "mobile/check_in/position_use.html")


@anyone("GET")
def privacy_policy(request: HttpRequest) -> HttpResponse:
    """Say of everything the system stores what it is for, how long it is kept and who may read it."""
    declared, wanted = policy(), request.GET.get("q", "").strip()[:20]
    about_people = [table for table in declared.tables.values() if _about_people(table)]
    context = {
        "version_day": date.fromisoformat(declared.version),
        "wanted": wanted,
        "tables": [found for table in about_people if (found := _narrowed(table, wanted)).columns],
        "readers": declared.readers,
        "rules": [rule for rule in declared.rules.values() if rule.days],
        "consents": consent_texts().values(),
    }
    return render(request, "mobile/my_data/privacy_policy.html", context)


def _narrowed(table: Table, wanted: str) -> Table:
    """Keep what is called by this word, or all of a table that is."""
    if wanted in table.label:
        return table
    shown = (one for one in table.columns if one.label)
    return replace(table, columns=tuple(one for one in shown if wanted in one.label + one.purpose))


def _about_people(table: Table) -> bool:
    return any(column.secrecy in ("personal", "sensitive") and column.label for column in table.columns)
