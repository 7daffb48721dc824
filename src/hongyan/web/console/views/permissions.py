"""Who may do what, for everybody to read: one's own rights first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hongyan.web import guards
from hongyan.web.console import permission_rows


@guards.anyone("GET")
def permissions(request: HttpRequest) -> HttpResponse:
    """Show the tables the program decides by; they hold nothing of anybody but one's own seats."""
    fields = {
        "mine": permission_rows.mine(request.actor),  # type: ignore[attr-defined]
        "tables": permission_rows.tables(),
        "relations": permission_rows.relations(),
        "parties": permission_rows.parties(),
        "columns": [name for name, _ in permission_rows.relations()],
    }
    response = render(request, "console/permissions/permissions.html", fields)
    response.headers["Cache-Control"] = "no-store"
    return response
