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


ROLE_LABELS = {
    Role.SECRETARY: "书记",
    Role.ORGANISER: "组织委员",
    Role.WINDOW: "服务窗口工作人员",
    Role.CARETAKER: "微管家",
    Role.LIAISON: "联络站负责人",
    Role.DEPARTMENT: "组织部工作人员",
    Role.OBSERVER: "观察员",
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


POWER_LABELS = {
    Power.SEE: "查看本组织范围内的流动党员",
    Power.MARK: "标记流出、变更和结束",
    Power.ASSIST: "在窗口代办报到",
    Power.DISPATCH: "分办、改派、退回核实",
    Power.ACCEPT: "接收纳管",
    Power.DECIDE: "上级裁定",
    Power.CARE: "联系和关怀",
}

_ALL = frozenset(Power)

POWERS: dict[Role, frozenset[Power]] = {
    Role.SECRETARY: _ALL,
    Role.ORGANISER: _ALL,
    Role.LIAISON: _ALL,
    Role.DEPARTMENT: _ALL,
    Role.WINDOW: frozenset({Power.SEE, Power.ASSIST, Power.CARE}),
    Role.CARETAKER: frozenset({Power.SEE, Power.CARE}),
    # Observers read nothing: they hand in referrals and never learn an outcome.
    Role.OBSERVER: frozenset(),
}
