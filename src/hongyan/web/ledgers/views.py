"""Ledgers and forms: where each is found, the tables of figures on a page, and as a file."""

import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header

from hongyan.documents.forms_out import write_form
from hongyan.web.guards import actor_of, official
from hongyan.web.ledgers.shelf import shelf
from hongyan.web.ledgers.tables import TITLES, Sort, Written, address_of, written
from hongyan.web.overview.filters import read_filters

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@official("GET")
def ledgers(request: HttpRequest) -> HttpResponse:
    """List every ledger, table and paper with what it is for."""
    actor = actor_of(request)
    organization = read_filters(request.GET, actor).organization
    facts = {"organization": organization, "shelf": shelf(organization, actor)}
    return render(request, "ledgers/ledgers.html", facts)


def _answer(request: HttpRequest, sort: Sort) -> HttpResponse:
    """Answer with a table of an organisation: figures and nobody's name, as a page or as a file."""
    organization = read_filters(request.GET, actor_of(request)).organization
    found = written(sort, organization, timezone.now())
    if request.GET.get("as") == "sheet":
        return sheet_of(found)
    facts = {
        "found": found,
        "form": found.form,
        "organization": organization,
        "sheet": f"{address_of(sort, organization.pk)}&as=sheet",
        "others": [(address_of(one, organization.pk), TITLES[one], one == sort) for one in Sort],
    }
    return render(request, "ledgers/table.html", facts)


@official("GET")
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the twelve figures; each figure opens its list where there is one."""
    return _answer(request, Sort.STATISTICS)


@official("GET")
def yearly(request: HttpRequest) -> HttpResponse:
    """Show the rows of the yearly report, by occupation."""
    return _answer(request, Sort.YEARLY)


@official("GET")
def hosting(request: HttpRequest) -> HttpResponse:
    """Show which kinds of organisation keep those who came, and how many."""
    return _answer(request, Sort.HOSTING)


def sheet_of(found: Written) -> HttpResponse:
    """Answer with a table as a file."""
    content = io.BytesIO()
    write_form(content, form=found.form, rows=found.plain())
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    name = f"{found.form.title}-{found.form.day:%Y%m%d}.xlsx"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
