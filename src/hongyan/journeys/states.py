"""What can happen to a journey: every status, every move, and whose move it is, in one table."""

from dataclasses import dataclass
from enum import StrEnum

from hongyan.members.roles import Power, Reach


class Status(StrEnum):
    """Where one period away stands."""

    PLANNED = "planned"
    AWAITING = "awaiting"
    DISPATCHING = "dispatching"
    HOSTED = "hosted"
    RELOCATING = "relocating"
    RETURNING = "returning"
    CLOSED = "closed"


class Verb(StrEnum):
    """One move; the same word is the URL, the view, the action, the audit verb and the test."""

    MARK = "mark"
    DEPART = "depart"
    CHECK_IN = "check_in"
    FIND = "find"
    CONFIRM = "confirm"
    DENY = "deny"
    FORWARD = "forward"
    REDIRECT = "redirect"
    SEND_BACK = "send_back"
    ESCALATE = "escalate"
    DECIDE = "decide"
    ACCEPT = "accept"
    SEND_LETTER = "send_letter"
    SEND_ACROSS = "send_across"
    SEND_HOME = "send_home"
    REGISTER_OUTSIDE = "register_outside"
    NAME_CARETAKER = "name_caretaker"
    CONTACT = "contact"
    RELOCATE = "relocate"
    START_RETURN = "start_return"
    HOLD_RETURN_TALK = "hold_return_talk"
    WRITE_CLOSING = "write_closing"
    CHECK_CREDENTIAL = "check_credential"
    FLAG_LOST = "flag_lost"
    LOG_SEARCH = "log_search"
    RECORD_DECISION = "record_decision"
    END = "end"
    CANCEL = "cancel"
    HAND_OVER = "hand_over"
    REORGANIZE = "reorganize"
    RECALL = "recall"
    REDRAW = "redraw"


class Party(StrEnum):
    """Whose move it is, computed from rows valid now."""

    HOME = "home"
    DESK = "desk"
    HOST = "host"
    MEMBER = "member"
    WINDOW = "window"
    PARENT = "parent"
    CLOCK = "clock"


class Purpose(StrEnum):
    """Why a hand-off lies on a desk."""

    DISPATCH = "dispatch"
    ARRIVAL = "arrival"
    CHECKING = "checking"
    DECISION = "decision"
    BINDING = "binding"


class Answer(StrEnum):
    """How a hand-off ended."""

    ACCEPTED = "accepted"
    FORWARDED = "forwarded"
    REDIRECTED = "redirected"
    SENT_BACK = "sent_back"
    ESCALATED = "escalated"
    DECIDED = "decided"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    SUPERSEDED = "superseded"


class CloseReason(StrEnum):
    """Why a journey ended."""

    RETURNED = "returned"
    TRANSFERRED = "transferred"
    CANCELLED = "cancelled"
    REMOVED = "removed"
    ACROSS = "across"


STATUS_LABELS = {
    Status.PLANNED: "拟外出",
    Status.AWAITING: "待报到",
    Status.DISPATCHING: "分办中",
    Status.HOSTED: "已纳管",
    Status.RELOCATING: "接续中",
    Status.RETURNING: "返回中",
    Status.CLOSED: "已结束",
}

VERB_LABELS = {
    Verb.MARK: "标记流出",
    Verb.DEPART: "登记出发",
    Verb.CHECK_IN: "报到",
    Verb.FIND: "登记发现",
    Verb.CONFIRM: "确认到达",
    Verb.DENY: "不是此人",
    Verb.FORWARD: "转派",
    Verb.REDIRECT: "改派",
    Verb.SEND_BACK: "退回核实",
    Verb.ESCALATE: "提请上级裁定",
    Verb.DECIDE: "上级裁定",
    Verb.ACCEPT: "接收",
    Verb.SEND_LETTER: "发联系函",
    Verb.SEND_ACROSS: "交给对方平台",
    Verb.SEND_HOME: "退回对方平台",
    Verb.REGISTER_OUTSIDE: "登记外地接收",
    Verb.NAME_CARETAKER: "指定微管家",
    Verb.CONTACT: "登记联系",
    Verb.RELOCATE: "换地方",
    Verb.START_RETURN: "返乡",
    Verb.HOLD_RETURN_TALK: "登记返回谈话",
    Verb.WRITE_CLOSING: "写结束管理意见",
    Verb.CHECK_CREDENTIAL: "查验活动证",
    Verb.FLAG_LOST: "标为失联关注",
    Verb.LOG_SEARCH: "登记查找",
    Verb.RECORD_DECISION: "登记支部决定",
    Verb.END: "结束流动",
    Verb.CANCEL: "撤销标记",
    Verb.HAND_OVER: "交接微管家",
    Verb.REORGANIZE: "组织调整",
    Verb.RECALL: "出境撤回",
    Verb.REDRAW: "区划调整",
}

PARTY_LABELS = {
    Party.HOME: "流出地党组织",
    Party.DESK: "当前经办组织",
    Party.HOST: "接收组织",
    Party.MEMBER: "党员本人",
    Party.WINDOW: "服务窗口",
    Party.PARENT: "上级组织",
    Party.CLOCK: "系统",
}

ANSWER_LABELS = {
    Answer.ACCEPTED: "已接收",
    Answer.FORWARDED: "已转派",
    Answer.REDIRECTED: "已改派",
    Answer.SENT_BACK: "已退回核实",
    Answer.ESCALATED: "已报上级",
    Answer.DECIDED: "已裁定",
    Answer.CONFIRMED: "已确认",
    Answer.DENIED: "不是此人",
    Answer.SUPERSEDED: "已另行办理",
}

CLOSE_LABELS = {
    CloseReason.RETURNED: "已返回",
    CloseReason.TRANSFERRED: "已转接组织关系",
    CloseReason.CANCELLED: "标记撤销",
    CloseReason.REMOVED: "组织决定移出",
    CloseReason.ACROSS: "由对方平台办结",
}


@dataclass(frozen=True)
class Move:
    """One row of the table: from these statuses, by these parties, to that status (None: it stays)."""

    verb: Verb
    sources: frozenset[Status]
    target: Status | None
    parties: frozenset[Party]


def _move(verb: Verb, sources: tuple[Status, ...], target: Status | None, *parties: Party) -> Move:
    return Move(verb, frozenset(sources), target, frozenset(parties))


_S, _P = Status, Party
OPEN = frozenset(_S) - {_S.CLOSED}
ON_THE_WAY = (_S.DISPATCHING, _S.RELOCATING)
AWAY = (_S.AWAITING, _S.DISPATCHING, _S.HOSTED, _S.RELOCATING)

# `mark` has no source: it opens a journey, planned or awaiting by the day of departure. A member marks
# himself only when he goes out again after a journey that his branch had marked.
MOVES: tuple[Move, ...] = (
    _move(Verb.MARK, (), _S.AWAITING, _P.HOME, _P.MEMBER),
    _move(Verb.MARK, (), _S.PLANNED, _P.HOME, _P.MEMBER),
    _move(Verb.DEPART, (_S.PLANNED,), _S.AWAITING, _P.HOME, _P.CLOCK),
    _move(Verb.CHECK_IN, (_S.PLANNED, _S.AWAITING), _S.DISPATCHING, _P.MEMBER, _P.WINDOW),
    _move(Verb.FIND, (_S.PLANNED, _S.AWAITING), None, _P.WINDOW),
    _move(Verb.CONFIRM, (_S.PLANNED, _S.AWAITING), _S.DISPATCHING, _P.HOME),
    _move(Verb.DENY, (_S.PLANNED, _S.AWAITING), None, _P.HOME),
    _move(Verb.FORWARD, ON_THE_WAY, None, _P.DESK),
    _move(Verb.REDIRECT, ON_THE_WAY, None, _P.DESK),
    _move(Verb.SEND_BACK, ON_THE_WAY, None, _P.DESK),
    _move(Verb.ESCALATE, ON_THE_WAY, None, _P.DESK, _P.CLOCK),
    _move(Verb.DECIDE, ON_THE_WAY, None, _P.PARENT),
    _move(Verb.ACCEPT, ON_THE_WAY, _S.HOSTED, _P.DESK),
    _move(Verb.SEND_LETTER, ON_THE_WAY, None, _P.DESK),
    _move(Verb.SEND_ACROSS, ON_THE_WAY, None, _P.DESK),
    # Only of a guest, whose home is on another installation: there his case goes on.
    _move(Verb.SEND_HOME, (_S.DISPATCHING,), _S.CLOSED, _P.DESK),
    _move(Verb.REGISTER_OUTSIDE, ON_THE_WAY, _S.HOSTED, _P.DESK),
    _move(Verb.NAME_CARETAKER, (_S.HOSTED, _S.RELOCATING), None, _P.HOST),
    _move(Verb.CONTACT, (*AWAY, _S.RETURNING), None, _P.HOME, _P.HOST),
    _move(Verb.RELOCATE, (_S.HOSTED, _S.RELOCATING), _S.RELOCATING, _P.MEMBER, _P.WINDOW),
    _move(Verb.RELOCATE, (_S.DISPATCHING,), _S.DISPATCHING, _P.MEMBER, _P.WINDOW),
    _move(Verb.START_RETURN, AWAY, _S.RETURNING, _P.MEMBER, _P.HOME, _P.HOST),
    _move(Verb.HOLD_RETURN_TALK, (_S.RETURNING,), None, _P.HOME),
    _move(Verb.WRITE_CLOSING, (_S.RETURNING,), None, _P.HOST),
    _move(Verb.CHECK_CREDENTIAL, (_S.HOSTED, _S.RELOCATING, _S.RETURNING), None, _P.HOME, _P.HOST),
    _move(Verb.FLAG_LOST, AWAY, None, _P.HOME, _P.HOST, _P.CLOCK),
    _move(Verb.LOG_SEARCH, AWAY, None, _P.HOME, _P.HOST),
    _move(Verb.RECORD_DECISION, AWAY, None, _P.HOME),
    _move(Verb.END, tuple(sorted(OPEN)), _S.CLOSED, _P.HOME),
    _move(Verb.CANCEL, (_S.PLANNED, _S.AWAITING, _S.DISPATCHING), _S.CLOSED, _P.HOME),
    _move(Verb.HAND_OVER, (_S.HOSTED, _S.RELOCATING, _S.RETURNING), None, _P.CLOCK),
    _move(Verb.REORGANIZE, tuple(sorted(OPEN)), None, _P.CLOCK),
    _move(Verb.RECALL, (_S.DISPATCHING,), _S.AWAITING, _P.CLOCK),
    _move(Verb.RECALL, (_S.RELOCATING,), _S.HOSTED, _P.CLOCK),
    _move(Verb.REDRAW, tuple(sorted(OPEN)), None, _P.CLOCK),
)

# What nobody chooses case by case: it follows from a duty that ended, an organisation that changed,
# boundaries that were redrawn, or a member who is abroad while a desk still looks for a branch for him.
CONSEQUENCES = frozenset({Verb.HAND_OVER, Verb.REORGANIZE, Verb.RECALL, Verb.REDRAW})

# How far each party reaches from the organisation somebody works for. In a village without a PC the levels
# above may act for home, and the timeline says who did.
PARTY_REACHES: dict[Party, Reach] = {
    Party.HOME: Reach.DOWN,
    Party.DESK: Reach.OWN,
    Party.HOST: Reach.OWN,
    Party.PARENT: Reach.BELOW,
    Party.WINDOW: Reach.COUNTER,
}

# What an official needs to be allowed to for each move his organisation may make.
POWER: dict[Verb, Power] = {
    Verb.MARK: Power.MARK,
    Verb.DEPART: Power.MARK,
    Verb.CHECK_IN: Power.ASSIST,
    Verb.FIND: Power.ASSIST,
    Verb.CONFIRM: Power.MARK,
    Verb.DENY: Power.MARK,
    Verb.FORWARD: Power.DISPATCH,
    Verb.REDIRECT: Power.DISPATCH,
    Verb.SEND_BACK: Power.DISPATCH,
    Verb.ESCALATE: Power.DISPATCH,
    Verb.DECIDE: Power.DECIDE,
    Verb.ACCEPT: Power.ACCEPT,
    Verb.SEND_LETTER: Power.DISPATCH,
    Verb.SEND_ACROSS: Power.DISPATCH,
    Verb.SEND_HOME: Power.DISPATCH,
    Verb.REGISTER_OUTSIDE: Power.ACCEPT,
    Verb.NAME_CARETAKER: Power.ACCEPT,
    Verb.CONTACT: Power.CARE,
    Verb.RELOCATE: Power.ASSIST,
    Verb.START_RETURN: Power.CARE,
    Verb.HOLD_RETURN_TALK: Power.MARK,
    Verb.WRITE_CLOSING: Power.ACCEPT,
    Verb.CHECK_CREDENTIAL: Power.ACCEPT,
    Verb.FLAG_LOST: Power.ACCEPT,
    Verb.LOG_SEARCH: Power.CARE,
    Verb.RECORD_DECISION: Power.MARK,
    Verb.END: Power.MARK,
    Verb.CANCEL: Power.MARK,
    Verb.HAND_OVER: Power.APPOINT,
    Verb.REORGANIZE: Power.REORGANIZE,
    Verb.RECALL: Power.CARE,
    Verb.REDRAW: Power.SETTLE,
}

# The reason must fit the state: nobody has "returned" who never started home.
END_REASONS: dict[CloseReason, frozenset[Status]] = {
    CloseReason.RETURNED: frozenset({_S.RETURNING}),
    CloseReason.TRANSFERRED: frozenset({_S.HOSTED, _S.RELOCATING, _S.RETURNING}),
    CloseReason.REMOVED: OPEN,
    # Of guests alone: what the home of another installation says of its own journey.
    CloseReason.ACROSS: OPEN,
}


def find_move(verb: Verb, status: Status | None) -> Move | None:
    """Return the row for this verb from this status (None: no journey yet), or None when it cannot be."""
    if status is None:
        return next(move for move in MOVES if move.verb == verb) if verb == Verb.MARK else None
    return next((move for move in MOVES if move.verb == verb and status in move.sources), None)
