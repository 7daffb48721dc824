"""Who may do what: the tables the program decides by, said as sentences and as a table for people."""

from collections.abc import Iterator
from dataclasses import dataclass

from hongyan.journeys.states import MOVES, PARTY_LABELS, PARTY_REACHES, POWER, VERB_LABELS, Party, Verb
from hongyan.members.permissions import Actor
from hongyan.members.roles import (
    HANDS_OUT,
    POWER_LABELS,
    POWERS,
    REACH_LABELS,
    REACHES,
    RELATION_LABELS,
    RELATIONS,
    ROLE_LABELS,
    Power,
    Reach,
    Relation,
    Role,
    hands_out_below,
)

# What a role is for, in one sentence beneath its name.
DUTIES: dict[Role, str] = {
    Role.SECRETARY: "主持一个党组织的工作，对本组织和下级的流动党员负责。",
    Role.ORGANISER: "办理党组织的日常工作，与书记一样经办，但不任免人员、不复核。",
    Role.WINDOW: "在服务窗口接待党员，替不会用手机的人报到，平时保持联系。",
    Role.CARETAKER: "一对一联系自己照应的流动党员。",
    Role.LIAISON: "在外地负责联络站，兜底接收，管理站里的工作人员。",
    Role.DEPARTMENT: "代表组织部分办、裁定，掌握本级和下级的情况。",
    Role.OBSERVER: "发现流动党员后引导他自己来报到。什么也看不到，也不知道结果。",
    Role.AUDITOR: "检查谁做了什么、谁看过谁。只看编号和代码，看不到党员名单。",
}
RELATION_MEANINGS: dict[Relation, str] = {
    Relation.OWN: "您任职的那个党组织。",
    Relation.BELOW: "组织树上，您任职的党组织下面的各级组织。",
    Relation.ABOVE: "组织树上，您任职的党组织上面的各级组织。",
    Relation.OTHER_SIDE: "与您共管同一名流动党员的另一方：您是流出地，它是接收组织，或反过来。",
    Relation.UNRELATED: "不在上下级关系里，也没有共管的流动党员。",
}
PARTY_MEANINGS: dict[Party, str] = {
    Party.HOME: "党员组织关系所在的党支部；上级可以代办，经过里会写明是谁办的。",
    Party.DESK: "此事现在在谁的待办里，就由谁办，上级不能越过它办。",
    Party.HOST: "已经接收这名党员的党组织，从接收起到结束止。",
    Party.PARENT: "经办组织的各级上级。",
    Party.WINDOW: "党员本人来到窗口，手机号（或身份证号）和姓名都对上，才能代办。",
    Party.MEMBER: "党员用自己的链接或登录后办。",
    Party.CLOCK: "到了期限自动办，例如超期报上级。",
}
# What stands beside a power where the reach alone would mislead.
REMARKS: dict[Power, str] = {
    Power.SEE: "接收以前只看流转卡（姓氏、去向、预计时间）；接收后看全部；结束后流入地只留统计数。",
    Power.ENROL: "名册以全国系统为准，这里只接收和核对。",
    Power.EXPORT: "只导出自己看得到的内容；超过上限要另一人复核。",
    Power.APPROVE: "不能复核自己提出的申请。",
    Power.APPOINT: "不能任免自己，不能任免上级。",
    Power.BREAK_GLASS: "只看不办，两小时；本人和其所在党支部都会收到通知。",
    Power.AUDIT: "不显示党员姓名。",
    Power.SETTLE: "只有平台上最上级党组织的组织部可以；从生效日起算的期限才变。",
}
NO_MOVES: tuple[Power, ...] = tuple(power for power in Power if power in REACHES)


@dataclass(frozen=True)
class Row:
    """One line of a role's table: what may be done, as which party, and to which relations it extends."""

    words: str
    remark: str
    reach: Reach
    power: Power | None = None
    party: Party | None = None
    verbs: tuple[Verb, ...] = ()

    @property
    def reached(self) -> str:
        """Say how far it goes."""
        return REACH_LABELS[self.reach]

    @property
    def cells(self) -> tuple[tuple[Relation, bool], ...]:
        """Tell for every relation whether it may be done there."""
        return tuple((relation, relation in RELATIONS[self.reach]) for relation in Relation)


@dataclass(frozen=True)
class RoleTable:
    """Everything one role may do."""

    role: Role
    label: str
    duty: str
    rows: tuple[Row, ...]
    hands_out: str
    hands_out_below: str


@dataclass(frozen=True)
class Mine:
    """What somebody may do for one of his organisations."""

    organization: str
    table: RoleTable
    sentences: tuple[tuple[str, str], ...]


def _powers(role: Role) -> Iterator[Row]:
    for power in NO_MOVES:
        if power in POWERS[role]:
            yield Row(POWER_LABELS[power], REMARKS.get(power, ""), REACHES[power], power=power)


def _moves(role: Role) -> Iterator[Row]:
    for party, reach in PARTY_REACHES.items():
        verbs = tuple(
            dict.fromkeys(
                move.verb for move in MOVES if party in move.parties and POWER[move.verb] in POWERS[role]
            )
        )
        if verbs:
            words = f"作为{PARTY_LABELS[party]}：{'、'.join(VERB_LABELS[verb] for verb in verbs)}"
            yield Row(words, PARTY_MEANINGS[party], reach, party=party, verbs=verbs)


def _handed(role: Role) -> tuple[str, str]:
    """Name the duties a role hands out at its organisation, and below it."""
    both = HANDS_OUT.get(role, frozenset()), hands_out_below(role)
    here, below = ("、".join(ROLE_LABELS[other] for other in Role if other in roles) for roles in both)
    return here, below


def table_of(role: Role) -> RoleTable:
    """Write down what one role may do."""
    return RoleTable(role, ROLE_LABELS[role], DUTIES[role], (*_moves(role), *_powers(role)), *_handed(role))


def tables() -> tuple[RoleTable, ...]:
    """Write down what every role may do."""
    return tuple(table_of(role) for role in Role)


def mine(actor: Actor | None) -> tuple[Mine, ...]:
    """Say what somebody may do himself, seat by seat, grouped by how far it goes."""
    found = []
    for seat in actor.seats if actor else ():
        table = table_of(seat.role)
        by_reach = {reach: [row.words for row in table.rows if row.reach == reach] for reach in Reach}
        sentences = tuple(
            (REACH_LABELS[reach], "；".join(words)) for reach, words in by_reach.items() if words
        )
        found.append(Mine(seat.name, table, sentences))
    return tuple(found)


def relations() -> tuple[tuple[str, str], ...]:
    """Explain the relations."""
    return tuple((RELATION_LABELS[relation], RELATION_MEANINGS[relation]) for relation in Relation)


def parties() -> tuple[tuple[str, str], ...]:
    """Explain whose move it can be."""
    return tuple((PARTY_LABELS[party], PARTY_MEANINGS[party]) for party in Party)
