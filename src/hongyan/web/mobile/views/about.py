"""How is a position used, and what is never done with it?"""

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
    declared = policy()
    context = {
        "version": declared.version,
        "tables": [table for table in declared.tables.values() if _about_people(table)],
        "readers": declared.readers,
        "rules": [rule for rule in declared.rules.values() if rule.days],
        "consents": consent_texts().values(),
    }
    return render(request, "mobile/my_data/privacy_policy.html", context)


def _about_people(table: Table) -> bool:
    return any(column.secrecy in ("personal", "sensitive") and column.label for column in table.columns)
