"""Which ledgers, tables and papers are there for somebody, and what is each for?"""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization
from hongyan.privacy.exports import Export, ExportKind
from hongyan.reports.measures import Measure
from hongyan.web.ledgers.tables import TITLES, Sort, address_of
from hongyan.web.overview.filters import Filters, address


@dataclass(frozen=True)
class Paper:
    """One ledger, table or paper: what it is called, what it is for, and where it is."""

    title: str
    sentence: str
    href: str
    # The same as somebody asked for it last.
    again: str = ""


@dataclass(frozen=True)
class Board:
    """Some of them that belong together."""

    title: str
    papers: tuple[Paper, ...]


_TABLES = {
    Sort.STATISTICS: "流出、流入、在外建立的党组织、管理外来党员的党组织，十二项数字，每个下级一行。",
    Sort.YEARLY: "跨省、省内跨市、持证、不掌握流向，按原职业分列。",
    Sort.HOSTING: "哪些类型的党组织在管理外来流动党员，各管理多少。",
}


def _ledger(
    kind: ExportKind, measure: Measure, sentence: str, organization: Organization, actor: Actor
) -> Paper:
    query = address(Filters(organization, measure=measure)).partition("?")[2]
    asking = reverse("ask_export")
    before = Export.objects.filter(asked_by=actor.code, kind=kind).order_by("-asked_at", "-pk").first()
    again = f"{asking}?{urlencode({'kind': kind})}&{before.filters}" if before else ""
    return Paper(kind.label, sentence, f"{asking}?{urlencode({'kind': kind})}&{query}", again)


def _ledgers(organization: Organization, actor: Actor) -> tuple[Paper, ...]:
    out = "组织关系在这里、人在外面的党员，规定的三十五列一列不少，打印或存成表格。"
    came = "组织关系在别处、由这里纳管的党员，规定的三十三列一列不少，打印或存成表格。"
    return (
        _ledger(ExportKind.OUT_LEDGER, Measure.OUT, out, organization, actor),
        _ledger(ExportKind.IN_LEDGER, Measure.IN, came, organization, actor),
    )


def _papers(organization: Organization, actor: Actor) -> tuple[Paper, ...]:
    query = address(Filters(organization)).partition("?")[2]
    found = [
        Paper(
            "联心卡", "一张 A4 十张卡，正面写着他能找的每个人，背面有二维码和站点；单张的在一人一档里。",
            f"{reverse('contact_cards')}?{query}",
        ),
        Paper(
            "服务指引", "这个地方的窗口、站点和联系人，贴在墙上或发给来的人。",
            reverse("guide", args=[organization.pk]),
        ),
        Paper(
            f"{settings.HONGYAN_CREDENTIAL}、报到回执", "打开一个人的一人一档，右边“打印给本人”。",
            address(Filters(organization)),
        ),
    ]  # fmt: skip
    if actor.seats_for(Power.MARK):
        found.append(
            Paper("联系函", "去向地还没有接入平台时，打印给对方，凭回执码回函。", reverse("letters"))
        )
    return tuple(found)


def shelf(organization: Organization, actor: Actor) -> tuple[Board, ...]:
    """List what this person may open; ledgers of people only for whoever may take lists out."""
    tables = tuple(
        Paper(TITLES[one], words, address_of(one, organization.pk)) for one, words in _TABLES.items()
    )
    register = Paper(
        "流动党员党组织登记表",
        "每个流动党员党组织的负责人、电话、地址、管理党员数和隶属党委。",
        reverse("mobile_branches"),
    )
    boards = [Board("报表", (*tables, register)), Board("打印给党员", _papers(organization, actor))]
    if actor.seats_for(Power.EXPORT):
        boards.insert(0, Board("台账", _ledgers(organization, actor)))
    return tuple(boards)


__all__ = ["Board", "Paper", "shelf"]
