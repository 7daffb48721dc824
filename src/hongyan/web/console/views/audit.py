"""Audit: what was done and who looked at whom, for those who check; reading it is remembered, too."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.audit.actions import record
from hongyan.members.roles import Power
from hongyan.web import guards
from hongyan.web.console import audit_rows, tracing
from hongyan.web.guards import actor_of


@guards.official("GET", power=Power.AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Show a page of deeds or looks within this auditor's subtree."""
    actor, filters = actor_of(request), audit_rows.read_filters(request.GET)
    seat = actor.seats_for(Power.AUDIT)[0].organization_id
    serial = tracing.serial_of(request.GET.get("serial", ""))
    details = {"stream": filters.stream, "organization": filters.organization}
    details |= {"serial": serial} if tracing.is_serial(serial) else {}
    subject, now = f"organization:{seat}", timezone.now()
    record(actor=actor.code, verb="read_audit", subject=subject, organization=seat, details=details, at=now)
    fields = {
        "page": audit_rows.page_of(actor, filters),
        "filters": filters,
        "trace": tracing.traced(actor, serial),
        "verbs": sorted((audit_rows.DEEDS if filters.stream == "entry" else audit_rows.PURPOSES).items()),
    }
    return render(request, "console/audit/audit.html", fields)
