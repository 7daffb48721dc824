"""What is asked when an organisation changes?"""

from typing import Any

from django import forms

from hongyan.journeys.models import Journey
from hongyan.journeys.splitting import Part, groups_at, hosted_at, part_of
from hongyan.members.models import Appointment, Member
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.kinds import ChangeKind
from hongyan.organizations.models import Organization

# So many neighbours are offered; any other is named by its code.
OFFERED = 200
SHOWN = 500
WITH_SUCCESSOR = (ChangeKind.MERGE, ChangeKind.CLOSE, ChangeKind.MOVE)


class ChangeForm(forms.Form):
    """Ask for whatever this kind of change needs, and always for its ground."""

    successor = forms.ModelChoiceField(
        Organization.objects.none(),
        required=False,
        empty_label="请选择",
        error_messages={"invalid_choice": "没有找到这个组织，请重新选择，或填写组织代码。"},
    )
    successor_code = forms.CharField(
        label="其他组织的代码",
        max_length=64,
        required=False,
        help_text="列表里没有时填写；代码写在那个组织的页面上。",
    )
    staff_follows = forms.BooleanField(label="原有任职一并转到承接的组织", required=False)
    name = forms.CharField(
        label="名称", max_length=120, required=False, error_messages={"max_length": "名称最多 120 个字。"}
    )
    code = forms.CharField(label="组织代码", max_length=64, required=False)
    members = forms.ModelMultipleChoiceField(
        Member.objects.none(),
        label="分到新组织的党员",
        required=False,
        error_messages={"invalid_choice": "所选党员已不在这个组织，请刷新页面。"},
    )
    groups = forms.MultipleChoiceField(
        label="整组分过去的党小组",
        required=False,
        error_messages={"invalid_choice": "所选党小组已没有人，请刷新页面。"},
    )
    hosted = forms.ModelMultipleChoiceField(
        Journey.objects.none(),
        label="分过去的纳管党员",
        required=False,
        error_messages={"invalid_choice": "所选的人已不由这个组织纳管，请刷新页面。"},
    )
    staff = forms.ModelMultipleChoiceField(
        Appointment.objects.none(),
        label="一起转过去的任职",
        required=False,
        error_messages={"invalid_choice": "所选的人已不在这个职务上，请刷新页面。"},
    )
    reason = forms.CharField(
        label="依据",
        max_length=200,
        error_messages={"required": "请写明依据，例如批复文号。", "max_length": "最多 200 个字。"},
    )

    def __init__(
        self, *args: Any, organization: Organization, kind: ChangeKind, actor: Actor, **rest: Any
    ) -> None:
        super().__init__(*args, **rest)
        self.organization, self.kind, self.actor = organization, kind, actor
        self.near = list(near(organization, kind)[:OFFERED])
        choices: Any = self.fields["successor"]
        choices.queryset = Organization.objects.filter(pk__in=[row.pk for row in self.near]).order_by("path")
        choices.label_from_instance = lambda obj: str(obj.short_name)
        people: Any = self.fields["members"]
        people.queryset = Member.objects.filter(branch=organization).order_by("name", "pk")
        if kind == ChangeKind.SPLIT:
            self._offer_parts()
            self.fields["code"].required = True
            self.fields["code"].error_messages["required"] = "请写新组织的组织代码。"
        if kind in (ChangeKind.RENAME, ChangeKind.SPLIT):
            self.fields["name"].required = True
            self.fields["name"].error_messages["required"] = "请写新的名称。"

    def _offer_parts(self) -> None:
        """Offer whom it hosts, one by one or by group, and who is in office."""
        fields: Any = self.fields
        self.group_rows = groups_at(self.organization)
        fields["groups"].choices = [(group.name, group.name) for group in self.group_rows]
        cases = hosted_at(self.organization).select_related("member", "caretaker")
        fields["hosted"].queryset = cases.order_by("party_group", "member__name", "pk")
        duties = Appointment.objects.filter(organization=self.organization, revoked_at=None)
        fields["staff"].queryset = duties.select_related("user").order_by("user__name", "pk")

    def clean(self) -> dict[str, Any]:
        """Find a successor named by its code; only one that lies in one's own scope is told."""
        fields = super().clean() or {}
        code = str(fields.get("successor_code") or "").strip()
        if code and self.kind in WITH_SUCCESSOR:
            fields["successor"] = self._by_code(code)
        if self.kind in WITH_SUCCESSOR and not fields.get("successor") and not self.errors:
            self.add_error("successor", "请选择一个组织；列表里没有时，填写它的组织代码。")
        return fields

    def _by_code(self, code: str) -> Organization | None:
        found = Organization.objects.open().filter(code=code).first()
        if found is None or self.actor.seat_over(Power.REORGANIZE, found.path) is None:
            self.add_error("successor_code", "在您的管理范围没有这个代码的组织。请核对。")
            return None
        return found

    def arguments(self) -> dict[str, Any]:
        """Return what the action of this kind is told."""
        fields = self.cleaned_data
        words = {"reason": fields["reason"]}
        if self.kind == ChangeKind.MOVE:
            return {**words, "parent": fields["successor"]}
        if self.kind in WITH_SUCCESSOR:
            return {**words, "successor": fields["successor"], "staff_follows": fields["staff_follows"]}
        if self.kind == ChangeKind.RENAME:
            return {**words, "name": fields["name"]}
        return {**words, "code": fields["code"], "name": fields["name"], **self._chosen()}

    def _chosen(self) -> dict[str, list[Any]]:
        """Return who and what was ticked."""
        fields = self.cleaned_data
        ticked = {name: [row.pk for row in fields[name]] for name in ("members", "hosted", "staff")}
        return {**ticked, "groups": fields["groups"]}

    def part(self) -> Part:
        """Return what would be split off."""
        return part_of(self.organization, **self._chosen())


def near(organization: Organization, kind: ChangeKind) -> Any:
    """Offer the neighbours: who stands beside it, or for a move the neighbours of its parent."""
    beside = organization.parent.parent_id if kind == ChangeKind.MOVE and organization.parent else None
    rows = Organization.objects.open().filter(parent_id=beside or organization.parent_id)
    return rows.exclude(pk__in=[organization.pk, organization.parent_id]).order_by("path")
