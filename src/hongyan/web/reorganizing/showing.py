"""What does one see before an organisation changes: what moves where, and what cannot be?"""

from collections import Counter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from hongyan.journeys.reorganizing import following
from hongyan.journeys.splitting import cared_for, torn
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power, Reach
from hongyan.organizations.kinds import CHANGE_LABELS, ChangeKind
from hongyan.organizations.models import Organization, OrganizationChange
from hongyan.web.guards import actor_of
from hongyan.web.reorganizing.forms import SHOWN, WITH_SUCCESSOR, ChangeForm
from hongyan.web.seen import seen

INCOMPLETE = "还差一点：请看下面标出的地方。"
# What each kind of change does, said before anybody chooses it.
MEANINGS = {
    ChangeKind.MERGE: "党员、在办的事、服务范围和站点都归承接的组织，本组织随之撤销。",
    ChangeKind.CLOSE: "本组织撤销，党员和在办的事由承接的组织负责，原有任职一并结束。",
    ChangeKind.RENAME: "只改名称，其他不变；历史里还看得到原来的名称。",
    ChangeKind.MOVE: "连同全部下级划到另一个上级；看得到这些人的上级随之改变。",
    ChangeKind.SPLIT: "在旁边新设一个组织，把选中的党员、纳管的人、党小组和任职分过去。",
}
COLUMNS = (
    ("members", "党员", "名"),
    ("journeys", "在办的流动党员", "名"),
    ("on_desk", "待办", "件"),
    ("handoffs", "转办中", "件"),
    ("appointments", "任职", "个"),
    ("areas", "服务范围", "个"),
    ("stations", "站点", "个"),
    ("below", "下级组织", "个"),
)


def organization_or_404(actor: Actor, pk: int) -> Organization:
    """Fetch an organisation this official may change: one below his own; else there is no such page."""
    found = get_object_or_404(Organization.objects.select_related("parent"), pk=pk)
    if actor.seat_reaching(Power.REORGANIZE, Reach.BELOW, found.path) is None:
        raise Http404
    return found


def form_of(request: HttpRequest, organization: Organization, kind: ChangeKind) -> ChangeForm:
    """Return the form for one kind of change."""
    data = request.POST if request.method == "POST" else None
    initial = {"staff_follows": kind == ChangeKind.MERGE}
    return ChangeForm(data, organization=organization, kind=kind, actor=actor_of(request), initial=initial)


def kind_of(request: HttpRequest) -> ChangeKind:
    """Read which kind of change is asked for; at first a merger."""
    wanted = request.POST.get("kind") or request.GET.get("kind", "")
    return ChangeKind(wanted) if wanted in list(ChangeKind) else ChangeKind.MERGE


def page(
    request: HttpRequest,
    organization: Organization,
    form: ChangeForm,
    *,
    sentence: str = "",
    confirm: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Show the form, or what would follow with the button that does it; everything typed is kept."""
    counts = following(organization)
    fields: dict[str, Any] = _parts(request, form, confirm) if form.kind == ChangeKind.SPLIT else {}
    fields |= {
        "organization": organization,
        "form": form,
        "kind": form.kind,
        "label": CHANGE_LABELS[form.kind],
        "kinds": [(kind, CHANGE_LABELS[kind], MEANINGS[kind]) for kind in ChangeKind],
        "meaning": MEANINGS[form.kind],
        "needs_successor": form.kind in WITH_SUCCESSOR,
        "needs_name": form.kind in (ChangeKind.RENAME, ChangeKind.SPLIT),
        "counts": [(label, getattr(counts, name), unit) for name, label, unit in COLUMNS],
        "confirm": confirm,
        "sentence": sentence or (INCOMPLETE if status == 422 else ""),
    }
    return render(request, "reorganizing/change.html", fields, status=status)


def _parts(request: HttpRequest, form: ChangeForm, confirm: bool) -> dict[str, Any]:
    """Show who may go along; before it is confirmed also who keeps in touch with them afterwards."""
    choices: dict[str, Any] = {name: form.fields[name] for name in ("members", "hosted", "staff")}
    people, hosted = (list(choices[name].queryset[:SHOWN]) for name in ("members", "hosted"))
    shown = {member.pk for member in people} | {journey.member_id for journey in hosted}
    seen(actor_of(request), sorted(shown), "reorganize")
    names = Counter(member.name for member in people)
    fields: dict[str, Any] = {
        "people": people,
        # Whoever shares his name is told apart by his month of birth; of nobody else is it shown.
        "namesakes": {member.pk for member in people if names[member.name] > 1},
        "hosted": hosted,
        "staff": list(choices["staff"].queryset),
        "groups": form.group_rows,
        "chosen": {
            name: set(form.data.getlist(name)) if hasattr(form.data, "getlist") else set()
            for name in ("members", "hosted", "staff", "groups")
        },
    }
    if confirm:
        part = form.part()
        on = timezone.localdate()
        fields |= {
            "part": part,
            "cared": cared_for(form.organization, part, on),
            "torn": torn(form.organization, part),
        }
    return fields


def history_of(organization: Organization) -> list[OrganizationChange]:
    """List what became of an organisation, and what it took over, the latest first."""
    rows = OrganizationChange.objects.select_related("organization", "successor")
    return list(
        (rows.filter(organization=organization) | rows.filter(successor=organization)).order_by("-pk")[:50]
    )
