"""Take a list of people out as a file: say what for; above the cap a second one decides; it is made once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hongyan.members.roles import Power
from hongyan.privacy.actions import exporting as actions
from hongyan.privacy.export_rules import Refused
from hongyan.web import guards
from hongyan.web.console import export_pages, exporting
from hongyan.web.guards import actor_of


@guards.official("GET", power=Power.EXPORT)
def exports(request: HttpRequest) -> HttpResponse:
    """List what this person has asked for and what waits for his word; find a request by its serial."""
    return render(request, "console/exports/exports.html", export_pages.listed(request, actor_of(request)))


@guards.official("GET", "POST", power=Power.EXPORT, fresh=True)
def ask_export(request: HttpRequest) -> HttpResponse:
    """Say how many people a list holds, and ask what it is needed for."""
    actor, at = actor_of(request), timezone.now()
    kind = exporting.kind_of(request.GET)
    chosen = exporting.list_of(request.GET, actor, at, kind)
    form = export_pages.ask_form(request, actor, kind)
    if not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return export_pages.ask_page(request, chosen, form, actor, status=status)
    try:
        asked = chosen.asked(form.written())
        export = actions.ask_export(asked=asked, by=actor, at=at, **form.cleaned_data)
    except Refused as refused:
        return export_pages.ask_page(request, chosen, form, actor, refused.refusal.sentence, status=409)
    return redirect("export", export.pk)


@guards.official("GET", power=Power.EXPORT, fresh=True)
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one request: to who asked, and to who decides; fresh, so that no decision is typed in vain."""
    return export_pages.export_page(request, export_pages.export_or_404(actor_of(request), pk))


@guards.official("POST", power=Power.APPROVE, fresh=True)
def answer_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a list above the cap, or refuse it, as the second person."""
    actor = actor_of(request)
    asked, form = export_pages.export_or_404(actor, pk), export_pages.AnswerForm(request.POST)
    if not form.is_valid():
        sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return export_pages.export_page(request, asked, sentence, status=422)
    agrees, reason = form.cleaned_data["agrees"] == "1", form.cleaned_data["reason"]
    try:
        actions.answer_export(export=asked, agrees=agrees, reason=reason, by=actor, at=timezone.now())
    except Refused as refused:
        return export_pages.export_page(request, asked, refused.refusal.sentence, status=409)
    messages.success(
        request, "已同意，申请人二十四小时内可以导出一次。" if agrees else "已记下：不同意导出。"
    )
    return redirect("export", asked.pk)


@guards.official("POST", power=Power.EXPORT, fresh=True)
def make_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the file or the page for paper, once."""
    asked = export_pages.export_or_404(actor_of(request), pk)
    try:
        return export_pages.made(request, asked, actor_of(request))
    except Refused as refused:
        return export_pages.export_page(request, asked, refused.refusal.sentence, status=409)
