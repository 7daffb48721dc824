"""What do the pages of the roster show, and what do their forms ask?"""

import io
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, Sum
from django.db.models.query import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from hongyan.documents.rolls_in import UPLOADED
from hongyan.documents.sheets_out import Watermark, write_sheet
from hongyan.members.permissions import Actor, names_of
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization, under
from hongyan.roster import actions
from hongyan.roster.columns import FIELD_LABELS, Field
from hongyan.roster.listing import PAGE, all_rejected, gone_page, page_of
from hongyan.roster.models import CHOICES, Gone, GoneReason, Intake, Kind, Pair, Stage
from hongyan.roster.refusals import Refused, Why, refuse
from hongyan.roster.rules import why_not_confirm
from hongyan.web.console.moving import KEY, new_key
from hongyan.web.guards import actor_of
from hongyan.web.seen import seen

SHOWN = 30
GONE = "gone"
# In the order they stand on the page, each with the sentence that says what happens to such rows.
MEANINGS = {
    Kind.NEW: "全国系统里有，本系统名册里没有。确认后录入名册。",
    Kind.CHANGED: "本系统里有，但有的项目不同。确认后按全国系统更正；表里空着的格不改。",
    Kind.MOVED: "党支部变了。确认后转到新的党支部；正在外出的，两个支部都会收到通知。",
    Kind.UNCHANGED: "两边一致，不用处理。",
    Kind.REJECTED: "有错，没有采用。请在全国系统里更正后重新导出。",
}
GONE_MEANING = "不会删除任何人。请逐个写明原因，由党支部核对。"
GONE_BEFORE = "不会删除任何人。这份导出确认以后，再逐个写明原因。"
TONES = {
    Stage.READING: "gold",
    Stage.COMPARED: "gold",
    Stage.APPLYING: "blue",
    Stage.DONE: "green",
    Stage.DISCARDED: "",
}
ANSWERS = {reason.value: reason.label for reason in GoneReason if reason != GoneReason.BACK}


class TakeInForm(forms.Form):
    """Which file, for which organisation."""

    key = forms.RegexField(KEY)
    organization = forms.TypedChoiceField(label="名册范围", coerce=int)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        """Offer the organisations somebody keeps the roster of."""
        super().__init__(*args, **options)
        seats = {seat.organization_id: seat.name for seat in actor.seats_for(Power.ENROL)}
        self.fields["organization"].choices = [(pk, f"{name}及下级") for pk, name in seats.items()]  # type: ignore[attr-defined]


def intake_or_404(actor: Actor, pk: int) -> Intake:
    """Fetch an export somebody may see; any other does not exist for him."""
    found = Intake.objects.visible_to(actor).select_related("organization").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def gone_or_404(actor: Actor, pk: int) -> Gone:
    """Fetch a question about a missing member of a branch whose roster somebody keeps."""
    found = Gone.objects.select_related("intake__organization").filter(_kept_by(actor), pk=pk).first()
    if found is None:
        raise Http404
    return found


def _kept_by(actor: Actor) -> Q:
    mine = Q(pk__in=[])
    for seat in actor.seats_for(Power.ENROL):
        mine |= under("branch_path", seat.path)
    return mine


def open_questions(actor: Actor) -> QuerySet[Gone]:
    """Select whom an export lacked and nobody has said why, in the branches somebody keeps the roster of."""
    return Gone.objects.filter(_kept_by(actor), answered_at=None).exclude(intake__confirmed_at=None)


def roster_page(
    request: HttpRequest, form: TakeInForm | None = None, sentence: str = "", status: int = 200
) -> HttpResponse:
    """Show the exports, and the form for the next."""
    actor = actor_of(request)
    intakes = list(
        Intake.objects.visible_to(actor).select_related("organization").order_by("-created_at", "-pk")[:SHOWN]
    )
    names = names_of({one.created_by for one in intakes})
    questions = open_questions(actor)
    facts = {
        "form": form or TakeInForm(actor=actor, initial={"key": new_key()}),
        "key": new_key(),
        "sentence": sentence,
        "intakes": [(one, names.get(one.created_by, ""), TONES[Stage(one.stage)]) for one in intakes],
        "columns": [FIELD_LABELS[field] for field in Field],
        "megabytes": UPLOADED.largest // 1_000_000,
        "most": UPLOADED.rows,
        "questions": questions.count(),
        "pairs": Pair.objects.waiting_for(actor).count(),
    }
    return render(request, "roster/roster.html", facts, status=status)


def taken_in(request: HttpRequest, form: TakeInForm) -> Intake:
    """Read the uploaded file and compare it, or raise Refused."""
    file = request.FILES.get("file")
    if not form.is_valid() or not isinstance(file, UploadedFile) or not file.name:
        raise Refused(refuse(Why.NO_FILE))
    organization = Organization.objects.get(pk=form.cleaned_data["organization"])
    with actions.incoming(file.read(), file.name) as incoming:
        return actions.take_in(
            key=form.cleaned_data["key"], organization=organization, file=incoming, by=actor_of(request),
            at=timezone.now(),
        )  # fmt: skip


def chosen(request: HttpRequest) -> list[Kind]:
    """Return the kinds somebody has ticked."""
    return [kind for kind in CHOICES if kind.value in request.POST.getlist("kind")]


def intake_page(request: HttpRequest, intake: Intake, sentence: str = "", status: int = 200) -> HttpResponse:
    """Show one export: what it would change, or how far it has been written."""
    intake.refresh_from_db()
    who = names_of({intake.created_by, intake.confirmed_by, intake.discarded_by})
    ticked = chosen(request) if request.method == "POST" else list(CHOICES)
    kinds = [
        {
            "kind": kind, "count": getattr(intake, kind.value), "meaning": _said_now(intake, kind),
            "ticks": kind in CHOICES, "ticked": kind in ticked, "written": kind in intake.chosen_kinds(),
        }
        for kind in MEANINGS
    ]  # fmt: skip
    facts = {
        "intake": intake,
        "tone": TONES[Stage(intake.stage)],
        "kinds": kinds,
        "missing": [FIELD_LABELS[Field(name)] for name in intake.columns.get("missing", [])],
        "why_not": why_not_confirm(intake) if intake.stage == Stage.COMPARED else None,
        "away": intake.gone_members.filter(is_away=True, answered_at=None).count(),
        "creator": who.get(intake.created_by, ""),
        "confirmer": who.get(intake.confirmed_by, ""),
        "sentence": sentence,
        **_progress(intake),
    }
    return render(request, "roster/intake.html", facts, status=status)


def _said_now(intake: Intake, kind: Kind) -> str:
    """Say what happens to such rows before it happens; that some were refused stays true afterwards."""
    is_true = bool(intake.rejected) if kind == Kind.REJECTED else intake.stage == Stage.COMPARED
    return MEANINGS[kind] if is_true else ""


def _progress(intake: Intake) -> dict[str, Any]:
    """Count how far the writing is, in rows."""
    wanted = sum(getattr(intake, kind.value) for kind in intake.chosen_kinds())
    totals = intake.chunks.aggregate(written=Sum("written"), overtaken=Sum("overtaken"))
    written, overtaken = totals["written"] or 0, totals["overtaken"] or 0
    done = written + overtaken
    return {
        "wanted": wanted,
        "done_rows": done,
        "written": written,
        "overtaken": overtaken,
        "percent": 100 * done // wanted if wanted else 100,
    }


def rows_address(intake: Intake, kind: str, page: int) -> str:
    """Return the address of one page of rows."""
    return f"{reverse('intake_rows', args=[intake.pk, kind])}?page={page}"


def page_asked(request: HttpRequest) -> int:
    """Return the number of the page somebody asks for."""
    asked = request.GET.get("page", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1


def rows_page(request: HttpRequest, intake: Intake, kind: str) -> HttpResponse:
    """List the rows of one kind, or the members an export lacks."""
    actor = actor_of(request)
    wanted = page_asked(request)
    facts: dict[str, Any] = {"intake": intake, "kind": kind}
    if kind == GONE:
        rows, count, number = gone_page(intake.gone_members.all(), wanted)
        seen(actor, [one.member_id for one in rows], "compare")
        names = names_of({one.answered_by for one in rows})
        facts |= {
            "label": "名册里有、表里没有", "meaning": GONE_MEANING if intake.confirmed_at else GONE_BEFORE,
            "gone": [(one, names.get(one.answered_by, "")) for one in rows], "answers": ANSWERS,
            "count": count,
            "number": number, "last": max(1, -(-count // PAGE)),
        }  # fmt: skip
    elif kind in Kind.values:
        page = page_of(intake, Kind(kind), wanted)
        seen(actor, [line.member_id for line in page.lines if line.member_id], "compare")
        facts |= {
            "label": Kind(kind).label, "meaning": _said_now(intake, Kind(kind)), "page": page,
            "count": page.count, "number": page.number, "last": page.last,
        }  # fmt: skip
    else:
        raise Http404
    earlier, later = facts["number"] - 1, facts["number"] + 1
    facts["earlier"] = rows_address(intake, kind, earlier) if earlier else ""
    facts["later"] = rows_address(intake, kind, later) if later <= facts["last"] else ""
    return render(request, "roster/rows.html", facts)


def gone_members_page(request: HttpRequest, sentence: str = "", status: int = 200) -> HttpResponse:
    """List whom exports lacked and nobody has said why, in the branches somebody keeps the roster of."""
    actor = actor_of(request)
    rows, count, number = gone_page(open_questions(actor), page_asked(request))
    seen(actor, [one.member_id for one in rows], "compare")
    facts = {
        "gone": [(one, "") for one in rows], "answers": ANSWERS, "count": count, "number": number,
        "last": max(1, -(-count // PAGE)), "sentence": sentence,
    }  # fmt: skip
    return render(request, "roster/gone.html", facts, status=status)


def rejected_sheet(intake: Intake, actor: Actor, at: datetime) -> HttpResponse:
    """Write the list of what was not taken; whoever has the export finds each row by its number."""
    rows = list(all_rejected(intake))
    mark = Watermark(
        f"{actor.name}（{intake.organization.short_name}）", timezone.localtime(at), "在全国系统里更正"
    )
    content = io.BytesIO()
    write_sheet(
        content, title="未采用的行", headers=("行号", "列", "原因"), rows=rows, watermark=mark,
        count=len(rows), widths=(8, 16, 60),
    )  # fmt: skip
    actions.take_rejected(intake=intake, rows=len(rows), by=actor, at=at)
    answer = HttpResponse(
        content.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="rejected-{intake.pk}.xlsx"'
    return answer
