"""What do the pages of taking lists out show, and what do their forms ask?"""

import hashlib
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.db.models.query import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from hongyan.documents.sheets_out import safe_cell
from hongyan.members.permissions import Actor, names_of
from hongyan.members.roles import ROLE_LABELS, Power, Role
from hongyan.organizations.models import under
from hongyan.privacy.actions import exporting as actions
from hongyan.privacy.actions.telling import approving
from hongyan.privacy.export_rules import Refused, cap, why_not_answer, why_not_make
from hongyan.privacy.exports import Export, ExportKind, ExportPurpose
from hongyan.web.console import exporting
from hongyan.web.console.moving import KEY, new_key
from hongyan.web.ledgers import columns as ledger

SHOWN = 50
# More rows than these no browser prints well; they leave as a file.
MOST_ON_PAPER = 500
WAITING, READY, REFUSED, OVER, MADE = "待复核", "可以导出", "复核未通过", "已过期", "已导出"
TONES = {WAITING: "gold", READY: "green", REFUSED: "red", OVER: "", MADE: ""}


class AskForm(forms.Form):
    """What the list is for."""

    key = forms.RegexField(
        KEY, error_messages={"required": "请刷新页面再试。", "invalid": "请刷新页面再试。"}
    )
    purpose = forms.ChoiceField(
        label="用途",
        choices=[("", "请选择"), *ExportPurpose.choices],
        error_messages={"required": "请选择用途。", "invalid_choice": "请从列表里选择用途。"},
    )
    words = forms.CharField(
        label="用途说明",
        max_length=120,
        help_text="至少四个字，写清给谁用、做什么。不要写姓名和号码。",
        error_messages={"required": "请写明用途。", "max_length": "请不要超过 120 个字。"},
    )
    columns = forms.MultipleChoiceField(
        label="要哪些列",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一列。", "invalid_choice": "请从列表里选择要哪些列。"},
    )

    def __init__(self, data: Any, kind: ExportKind, before: str = "") -> None:
        super().__init__(data)
        if kind == ExportKind.LIST:
            del self.fields["columns"]
            return
        offered = ledger.choices(kind)
        field = cast(forms.MultipleChoiceField, self.fields["columns"])
        field.choices = offered
        field.initial = before.split(",") if before else [code for code, _ in offered]

    def written(self) -> str:
        """Write the columns chosen as they are kept: nothing when it is all of them."""
        wanted = self.cleaned_data.pop("columns", [])
        offered = self.fields["columns"].choices if "columns" in self.fields else []  # type: ignore[attr-defined]
        return "" if len(wanted) == len(offered) else ",".join(wanted)


class AnswerForm(forms.Form):
    """What the second person says."""

    agrees = forms.ChoiceField(
        choices=[("1", ""), ("0", "")],
        error_messages={"required": "请选择同意或不同意。", "invalid_choice": "请选择同意或不同意。"},
    )
    reason = forms.CharField(
        label="复核意见",
        max_length=120,
        error_messages={"required": "请写明复核意见。", "max_length": "请不要超过 120 个字。"},
    )


def visible_to(actor: Actor) -> QuerySet[Export]:
    """Select the requests somebody may see: his own, and those of the organisations he approves for."""
    mine = Q(asked_by=actor.code)
    for seat in actor.seats_for(Power.APPROVE):
        mine |= under("path", seat.path)
    return Export.objects.filter(mine).select_related("organization")


def export_or_404(actor: Actor, pk: int) -> Export:
    """Fetch a request somebody may see; any other does not exist for him."""
    export = visible_to(actor).filter(pk=pk).first()
    if export is None:
        raise Http404
    return export


def state_of(export: Export, at: Any) -> str:
    """Say in a word how far a request is."""
    if export.made_at:
        return MADE
    if export.answer == "refused":
        return REFUSED
    if export.needs_second and not export.answer:
        return WAITING
    asker = Actor(code=export.asked_by)
    return OVER if why_not_make(export, asker, at) else READY


def _line(export: Export, names: dict[str, str], actor: Actor, at: Any) -> dict[str, Any]:
    state = state_of(export, at)
    return {
        "export": export,
        "state": state,
        "tone": TONES[state],
        "asker": names.get(export.asked_by, ""),
        "answerer": names.get(export.answered_by, ""),
        "mine": export.asked_by == actor.code,
        "to_answer": state == WAITING and why_not_answer(export, actor, at) is None,
    }


def listed(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Fill the list of requests: first what waits for this person."""
    at, serial = timezone.now(), request.GET.get("serial", "").strip().upper()[:16]
    rows = visible_to(actor)
    found = rows.filter(serial=serial) if serial else rows.order_by("-asked_at", "-pk")[:SHOWN]
    exports = list(found)
    waiting = rows.filter(needs_second=True, answer="").exclude(asked_by=actor.code).order_by("asked_at")
    exports += [one for one in waiting[:SHOWN] if not serial and one not in exports]
    names = names_of({one.asked_by for one in exports} | {one.answered_by for one in exports})
    lines = [_line(one, names, actor, at) for one in exports]
    # Python's sort keeps the order of equals.
    return {"lines": sorted(lines, key=lambda line: not line["to_answer"]), "serial": serial, "cap": cap()}


def approvers(path: str, asker: str) -> list[str]:
    """Name some who may approve, the nearest first."""
    rows = approving(path, asker, timezone.now())
    return [
        f"{row.user.name}（{row.organization.short_name} · {ROLE_LABELS[Role(row.role)]}）"
        for row in rows[:4]
    ]


def asked_before(actor: Actor, kind: ExportKind) -> Export | None:
    """Return what somebody asked for last in this form: its columns and its list are offered again."""
    return Export.objects.filter(asked_by=actor.code, kind=kind).order_by("-asked_at", "-pk").first()


def ask_form(request: HttpRequest, actor: Actor, kind: ExportKind) -> AskForm:
    """Make the form, with the columns of last time ticked."""
    before = asked_before(actor, kind)
    data = request.POST if request.method == "POST" else None
    return AskForm(data, kind, before.columns if before else "")


def _kinds(request: HttpRequest, kind: ExportKind) -> list[tuple[str, str, bool]]:
    """Offer the same list in its other forms."""
    query = request.GET.copy()
    offered = []
    for one in ExportKind:
        query["kind"] = one
        offered.append((f"{reverse('ask_export')}?{query.urlencode()}", one.label, one == kind))
    return offered


def ask_page(
    request: HttpRequest,
    chosen: exporting.List,
    form: AskForm,
    actor: Actor,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show how many would leave, and ask what for."""
    above_cap = chosen.people > cap()
    facts = {
        "form": form,
        "chosen": chosen,
        "kinds": _kinds(request, chosen.kind),
        "words": exporting.said(chosen.filters),
        "query": exporting.query_of(chosen.filters),
        "cap": cap(),
        "above_cap": above_cap,
        "approvers": approvers(chosen.filters.organization.path, actor.code) if above_cap else [],
        "sentence": sentence,
        "key": form["key"].value() or new_key(),
        "headers": [heading.text for heading in exporting.headings_of(chosen.kind)],
    }
    return render(request, "console/exports/ask.html", facts, status=status)


def export_page(request: HttpRequest, export: Export, sentence: str = "", status: int = 200) -> HttpResponse:
    """Show one request to both who asked and who decides."""
    actor, at = request.actor, timezone.now()  # type: ignore[attr-defined]
    names = names_of({export.asked_by, export.answered_by})
    facts = _line(export, names, actor, at) | {
        "sentence": sentence,
        "words": exporting.narrowed(export, actor),
        "columns": [heading.text for heading in exporting.headings_of(export.kind, export.columns)],
        "why_not": why_not_make(export, actor, at),
        "approvers": approvers(export.path, export.asked_by) if state_of(export, at) == WAITING else [],
        "reason": request.POST.get("reason", ""),
        "cap": cap(),
        "on_paper": export.people <= MOST_ON_PAPER,
        "most_on_paper": MOST_ON_PAPER,
    }
    return render(request, "console/exports/export.html", facts, status=status)


def made(request: HttpRequest, export: Export, actor: Actor) -> HttpResponse:
    """Make the file or the page for paper, remember it, and only then let the first byte go."""
    at = timezone.now()
    refusal = why_not_make(export, actor, at)
    if refusal:
        raise Refused(refusal)
    chosen = exporting.chosen_again(export, actor, at)
    refusal = why_not_make(export, actor, at, chosen.people)
    if refusal:
        raise Refused(refusal)
    who = f"{actor.name}（{export.organization.short_name}）"
    if request.POST.get("shape") == "page" and chosen.people <= MOST_ON_PAPER:
        return _page(request, export, exporting.table_of(export, chosen, actor, who, at), at)
    file = exporting.file_of(export, chosen, actor, who, at)
    try:
        actions.make_export(export=export, people=file.people, digest=file.digest, by=actor, at=at)
    except BaseException:
        file.content.close()
        raise
    name = f"{export.get_kind_display()}-{export.serial}.xlsx"
    # It streams, which the guards' type of an answer does not know.
    return cast(HttpResponse, FileResponse(file.content, as_attachment=True, filename=name))


def _page(request: HttpRequest, export: Export, table: exporting.Table, at: Any) -> HttpResponse:
    """Answer with the same rows as a page for paper: it leaves by the same rule, once, with its digest."""
    rows = [[safe_cell(value) for value in row] for row in table.rows]
    facts = {
        "export": export,
        "form": exporting.form_of(export, table, at),
        "rows": rows,
        "mark": table.watermark.line(len(rows)),
    }
    body = render_to_string("ledgers/printed.html", facts, request).encode()
    digest = hashlib.sha256(body).hexdigest()
    actions.make_export(export=export, people=table.people, digest=digest, by=request.actor, at=at)  # type: ignore[attr-defined]
    return HttpResponse(body)
