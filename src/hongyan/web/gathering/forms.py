"""What is asked when a branch is proposed, and what does the form make of what was typed?"""

from typing import Any

from django import forms
from django.http import QueryDict

from hongyan.gathering.kinds import HOST_LABELS
from hongyan.gathering.models import Gathering
from hongyan.gathering.rules import COMMITTEES, Plan
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization
from hongyan.web.console.moving import KEY

OFFERED = 200


class ProposalForm(forms.Form):
    """The particulars of a branch; its people are chosen in a table beside it."""

    key = forms.RegexField(KEY, widget=forms.HiddenInput)
    name = forms.CharField(
        label="党组织名称", max_length=120, error_messages={"required": "请写党组织名称。"}
    )
    host_kind = forms.ChoiceField(
        label="依托单位是什么",
        choices=[(str(kind), label) for kind, label in HOST_LABELS.items()],
        error_messages={"required": "请选择由谁提供场所；没有依托单位的不能设立。"},
    )
    host_body = forms.CharField(label="依托单位名称", max_length=120, required=False)
    host_code = forms.CharField(
        label="依托单位在平台上的组织代码",
        max_length=64,
        required=False,
        help_text="代码写在那个单位的页面上。",
    )
    address = forms.CharField(
        label="地址", max_length=200, error_messages={"required": "请写活动场所的地址。"}
    )
    phone = forms.CharField(label="电话", max_length=30, error_messages={"required": "请写联系电话。"})
    superior = forms.ModelChoiceField(
        Organization.objects.none(),
        label="隶属基层党委",
        empty_label="请选择",
        error_messages={"required": "请选择隶属哪个党委。", "invalid_choice": "请选择您下级的一个党委。"},
    )

    def __init__(self, *args: Any, gathering: Gathering, actor: Actor, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.actor = actor
        rows = Organization.objects.open().filter(kind__in=COMMITTEES, has_desk=True, can_host=False)
        choices: Any = self.fields["superior"]
        choices.queryset = rows.under(gathering.home_path).order_by("path")[:OFFERED]
        choices.queryset = rows.filter(pk__in=[row.pk for row in choices.queryset]).order_by("path")
        choices.label_from_instance = lambda obj: str(obj.short_name)

    def clean(self) -> dict[str, Any]:
        """Find the organisation that lends the place, where it is one on the platform."""
        fields = super().clean() or {}
        code = str(fields.get("host_code") or "").strip()
        if code:
            found = Organization.objects.open().filter(code=code).first()
            if found is None:
                self.add_error("host_code", "没有这个代码的组织。请核对，或只写单位名称。")
            fields["host_organization"] = found
            fields["host_body"] = fields.get("host_body") or (found.name if found else "")
        if not str(fields.get("host_body") or "").strip():
            self.add_error("host_body", "请写明依托单位；没有依托单位的不能设立。")
        return fields

    def plan(self, sent: QueryDict) -> Plan:
        """Return what home proposes, with the people chosen beside the form."""
        fields = self.cleaned_data
        return Plan(
            name=fields["name"],
            host_kind=fields["host_kind"],
            host_body=fields["host_body"],
            host_organization=fields.get("host_organization"),
            address=fields["address"],
            phone=fields["phone"],
            superior=fields["superior"],
            secretary=next(iter(numbers(sent, "secretary")), 0),
            people=numbers(sent, "people"),
            committee=numbers(sent, "committee"),
        )


def numbers(sent: QueryDict, name: str) -> list[int]:
    """Read the numbers somebody ticked; what is none is left out."""
    return [int(text) for text in sent.getlist(name) if text.isascii() and text.isdigit() and len(text) < 18]


def first_words(gathering: Gathering) -> dict[str, Any]:
    """Suggest a name that says whose and where it is."""
    home = gathering.home.short_name.removesuffix("委组织部").removesuffix("组织部")
    return {"name": f"{home}驻{gathering.place.name}流动党员党支部", "host_kind": "chamber"}
