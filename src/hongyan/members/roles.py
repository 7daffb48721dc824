"""Which roles there are and what each may do: one table, read by the program and by people."""

from enum import StrEnum


class Role(StrEnum):
    """The duty an appointment gives somebody at one organisation."""

    SECRETARY = "secretary"
    ORGANISER = "organiser"
    WINDOW = "window"
    CARETAKER = "caretaker"
    LIAISON = "liaison"
    DEPARTMENT = "department"
    OBSERVER = "observer"
    AUDITOR = "auditor"


ROLE_LABELS = {
    Role.SECRETARY: "书记",
    Role.ORGANISER: "组织委员",
    Role.WINDOW: "服务窗口工作人员",
    Role.CARETAKER: "微管家",
    Role.LIAISON: "联络站负责人",
    Role.DEPARTMENT: "组织部工作人员",
    Role.OBSERVER: "观察员",
    Role.AUDITOR: "审计员",
}


class Power(StrEnum):
    """One thing a role may do for its organisation."""

    SEE = "see"
    MARK = "mark"
    ASSIST = "assist"
    DISPATCH = "dispatch"
    ACCEPT = "accept"
    DECIDE = "decide"
    CARE = "care"
    ENROL = "enrol"
    EXPORT = "export"
    APPROVE = "approve"
    APPOINT = "appoint"
    REORGANIZE = "reorganize"
    GATHER = "gather"
    BREAK_GLASS = "break_glass"
    AUDIT = "audit"
    SETTLE = "settle"


POWER_LABELS = {
    Power.SEE: "查看本组织范围内的流动党员",
    Power.MARK: "标记流出、变更和结束",
    Power.ASSIST: "在窗口代办报到",
    Power.DISPATCH: "分办、改派、退回核实",
    Power.ACCEPT: "接收纳管",
    Power.DECIDE: "上级裁定",
    Power.CARE: "联系和关怀",
    Power.ENROL: "导入、登记和更正党员名册",
    Power.EXPORT: "导出名册（写明用途、限量、留痕）",
    Power.APPROVE: "复核他人的超量导出和删除申请",
    Power.APPOINT: "任免本级工作人员和下级组织的人员",
    Power.REORGANIZE: "调整下级组织：合并、分设、改名、撤销、划转",
    Power.GATHER: "同乡流动党员：建议、商议和设立流动党员党支部",
    Power.BREAK_GLASS: "紧急查看范围外的一名党员（写明理由，两小时）",
    Power.AUDIT: "查看操作和查阅记录",
    Power.SETTLE: "调整办理期限",
}


class Relation(StrEnum):
    """How the organisation a matter belongs to stands to the one somebody works for."""

    OWN = "own"
    BELOW = "below"
    ABOVE = "above"
    OTHER_SIDE = "other_side"
    UNRELATED = "unrelated"


RELATION_LABELS = {
    Relation.OWN: "本组织",
    Relation.BELOW: "下级",
    Relation.ABOVE: "上级",
    Relation.OTHER_SIDE: "对方党组织",
    Relation.UNRELATED: "无关",
}


class Reach(StrEnum):
    """How far a power goes from the organisation somebody works for."""

    OWN = "own"
    DOWN = "down"
    BELOW = "below"
    SHARED = "shared"
    COUNTER = "counter"
    HANDED = "handed"
    OUTSIDE = "outside"


REACH_LABELS = {
    Reach.OWN: "只在本组织",
    Reach.DOWN: "本组织和下级",
    Reach.BELOW: "只对下级",
    Reach.SHARED: "本组织和下级，以及共管的对方",
    Reach.COUNTER: "来到窗口的本人",
    Reach.HANDED: "本组织和下级的部分职务",
    Reach.OUTSIDE: "范围以外，一次一人",
}

# One table for the program and for the page: to which relations each reach extends.
RELATIONS: dict[Reach, frozenset[Relation]] = {
    Reach.OWN: frozenset({Relation.OWN}),
    Reach.DOWN: frozenset({Relation.OWN, Relation.BELOW}),
    Reach.BELOW: frozenset({Relation.BELOW}),
    Reach.SHARED: frozenset({Relation.OWN, Relation.BELOW, Relation.OTHER_SIDE}),
    # Whoever stands at the counter with his number and his name, wherever he belongs.
    Reach.COUNTER: frozenset(Relation),
    Reach.HANDED: frozenset({Relation.OWN, Relation.BELOW}),
    Reach.OUTSIDE: frozenset({Relation.ABOVE, Relation.OTHER_SIDE, Relation.UNRELATED}),
}

# How far the powers go that are no moves; how far a move goes depends on the party that makes it.
REACHES: dict[Power, Reach] = {
    Power.SEE: Reach.SHARED,
    Power.ENROL: Reach.DOWN,
    Power.EXPORT: Reach.SHARED,
    Power.APPROVE: Reach.DOWN,
    Power.APPOINT: Reach.HANDED,
    Power.REORGANIZE: Reach.BELOW,
    Power.GATHER: Reach.DOWN,
    Power.BREAK_GLASS: Reach.OUTSIDE,
    Power.AUDIT: Reach.DOWN,
    Power.SETTLE: Reach.OWN,
}

# What everybody who leads an organisation's work does.
_WORK = frozenset(
    {
        Power.SEE,
        Power.MARK,
        Power.ASSIST,
        Power.DISPATCH,
        Power.ACCEPT,
        Power.DECIDE,
        Power.CARE,
        Power.EXPORT,
    }
)

POWERS: dict[Role, frozenset[Power]] = {
    Role.SECRETARY: _WORK | {Power.ENROL, Power.APPOINT, Power.APPROVE},
    Role.ORGANISER: _WORK,
    Role.LIAISON: _WORK | {Power.APPOINT},
    Role.DEPARTMENT: _WORK
    | {
        Power.ENROL,
        Power.APPOINT,
        Power.APPROVE,
        Power.REORGANIZE,
        Power.GATHER,
        Power.BREAK_GLASS,
        Power.SETTLE,
    },
    Role.WINDOW: frozenset({Power.SEE, Power.ASSIST, Power.CARE}),
    Role.CARETAKER: frozenset({Power.SEE, Power.CARE}),
    # Observers read nothing: they hand in referrals and never learn an outcome.
    Role.OBSERVER: frozenset(),
    # Auditors read what was done and who looked at whom, in codes; they see no list of people.
    Role.AUDITOR: frozenset({Power.AUDIT}),
}

# Who answers for an organisation, the first one found.
SPEAKERS = (Role.SECRETARY, Role.LIAISON, Role.ORGANISER, Role.DEPARTMENT)
# Who may look after members: caretakers first of all, and whoever else keeps in touch.
CARING = tuple(role for role in Role if Power.CARE in POWERS[role])

# Which duties a role may hand out at its own organisation; elsewhere but below, and to oneself, none.
HANDS_OUT: dict[Role, frozenset[Role]] = {
    Role.SECRETARY: frozenset({Role.ORGANISER, Role.WINDOW, Role.CARETAKER, Role.OBSERVER}),
    Role.LIAISON: frozenset({Role.WINDOW, Role.CARETAKER, Role.OBSERVER}),
    Role.DEPARTMENT: frozenset({Role.WINDOW, Role.CARETAKER, Role.OBSERVER, Role.AUDITOR}),
}


def hands_out_below(role: Role) -> frozenset[Role]:
    """Name the duties a role may hand out below its organisation: none that can do more than itself."""
    if role not in HANDS_OUT:
        return frozenset()
    return HANDS_OUT[role] | {other for other in Role if POWERS[other] <= POWERS[role]}
