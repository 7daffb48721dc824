"""Why something cannot be done: each refusal is a value with one sentence that says what to do next."""

from enum import StrEnum

from hongyan import refusals


class Why(StrEnum):
    """Every reason for which a move is refused."""

    NOT_NOW = "not_now"
    NOT_YOURS = "not_yours"
    STALE = "stale"
    KEY_REUSED = "key_reused"
    ALREADY_AWAY = "already_away"
    MEMBER_NOT_HERE = "member_not_here"
    DATES_REVERSED = "dates_reversed"
    DESTINATION_UNKNOWN = "destination_unknown"
    DESTINATION_HOME = "destination_home"
    PLACE_UNDECIDED = "place_undecided"
    NOTHING_TO_CONFIRM = "nothing_to_confirm"
    ALREADY_FOUND = "already_found"
    TARGET_CLOSED = "target_closed"
    TARGET_NO_DESK = "target_no_desk"
    TARGET_SAME = "target_same"
    TARGET_NOT_BELOW = "target_not_below"
    TARGET_OUTSIDE_YOURS = "target_outside_yours"
    LOOP = "loop"
    HOP_LIMIT = "hop_limit"
    BINDING = "binding"
    REASON_MISSING = "reason_missing"
    CANNOT_HOST = "cannot_host"
    NOT_OUTSIDE = "not_outside"
    LETTERS_SENT = "letters_sent"
    NOT_A_GUEST = "not_a_guest"
    IS_A_GUEST = "is_a_guest"
    CARETAKER_NOT_HERE = "caretaker_not_here"
    CARETAKER_AWAY = "caretaker_away"
    NO_SUCCESSOR = "no_successor"
    NOTHING_ABOVE = "nothing_above"
    ALREADY_LOST = "already_lost"
    CARED_FOR = "cared_for"
    NOT_LOOKED_FOR = "not_looked_for"
    TRIED_IN_FUTURE = "tried_in_future"
    PAPERS_MISSING = "papers_missing"
    DECIDED_IN_FUTURE = "decided_in_future"
    DECISION_MISSING = "decision_missing"
    WRONG_END = "wrong_end"
    TALK_MISSING = "talk_missing"
    TALK_IN_FUTURE = "talk_in_future"
    CLOSING_AWAITED = "closing_awaited"
    CLOSING_MISSING = "closing_missing"
    NO_CLOSING_OWED = "no_closing_owed"
    NOT_AGAIN = "not_again"
    AGAIN_LATER = "again_later"
    NUMBER_MISSING = "number_missing"
    ISSUED_IN_FUTURE = "issued_in_future"
    JUST_SENT = "just_sent"
    STEP_ORDER = "step_order"
    STEP_WAY = "step_way"
    STEP_TWICE = "step_twice"
    STEP_SMS_LIMIT = "step_sms_limit"
    LADDER_EMPTY = "ladder_empty"
    LADDER_FIRST = "ladder_first"
    LADDER_CALLLESS = "ladder_callless"
    LADDER_TOO_LONG = "ladder_too_long"
    LADDER_BACKWARDS = "ladder_backwards"
    LADDER_TOO_FAR = "ladder_too_far"
    LADDER_REASON = "ladder_reason"
    LADDER_SAME = "ladder_same"
    ONLY_OPENED = "only_opened"
    ERASED = "erased"
    SUCCESSOR_WRONG = "successor_wrong"
    GENERATION_NOT_LOADED = "generation_not_loaded"
    GENERATION_LIVE = "generation_live"
    GENERATION_STALE = "generation_stale"
    GENERATION_UNDECIDED = "generation_undecided"
    GENERATION_NOT_LIVE = "generation_not_live"
    GENERATION_FIRST = "generation_first"
    GENERATION_USED = "generation_used"
    LEFT_BEHIND = "left_behind"
    UNKNOWN = "unknown"
    NO_TRANSFER_ASKED = "no_transfer_asked"
    KEEP_REASON_MISSING = "keep_reason_missing"
    NO_SUGGESTION = "no_suggestion"
    NOT_TOPMOST = "not_topmost"
    OUT_OF_BOUNDS = "out_of_bounds"
    SETTLED_BACKWARDS = "settled_backwards"
    SETTLED_ALREADY = "settled_already"
    VISIT_DAYS_MISSING = "visit_days_missing"
    VISIT_DAYS_REVERSED = "visit_days_reversed"
    VISIT_PAST = "visit_past"
    VISIT_TOO_LONG = "visit_too_long"
    VISIT_TOO_FAR = "visit_too_far"
    NOT_AT_HOME = "not_at_home"
    MEETING_PAST = "meeting_past"
    MEETING_TOO_FAR = "meeting_too_far"
    MEETING_PLACE_MISSING = "meeting_place_missing"
    NOBODY_INVITED = "nobody_invited"
    TOO_MANY_INVITED = "too_many_invited"
    MEETING_OVER = "meeting_over"
    MEETING_AHEAD = "meeting_ahead"


SENTENCES = {
    Why.NOT_NOW: "当前是“{status}”，不能{verb}。请刷新页面，按最新状态办理。",
    Why.NOT_YOURS: "这一步由{party}办理，现在在{holder}。您可以查看进度，需要时请与对方联系。",
    Why.STALE: "{who}已于{when}先办了“{what}”，您这次没有保存。请刷新后按最新情况办理。",
    Why.KEY_REUSED: "这次提交的编号已用于另一件事，没有重复办理。请刷新页面再试。",
    Why.ALREADY_AWAY: "该党员已有一段未结束的外出（{status}）。请先办结，或在原记录上更新去向。",
    Why.MEMBER_NOT_HERE: "该党员的组织关系不在您管理的党支部。请核对名册，或联系其所在党支部办理。",
    Why.DATES_REVERSED: "预计返回时间早于外出时间，请检查两个日期。",
    Why.DESTINATION_UNKNOWN: "没有找到这个去向，请写到省、市、县，例如“甘肃省兰州市城关区”。",
    Why.DESTINATION_HOME: "去向就在所在党支部辖区内，不需要标记流出。",
    Why.PLACE_UNDECIDED: "还不能确定到了哪个县区，请再选一次地址，或写出街道、社区的名称。",
    Why.NOTHING_TO_CONFIRM: "没有等待确认的到达登记，可能已由他人办理。请刷新页面。",
    Why.ALREADY_FOUND: "{finder}已登记发现此人，正等流出地确认，不需要重复登记。",
    Why.TARGET_CLOSED: "{target}已撤销，请另选一个组织。",
    Why.TARGET_NO_DESK: "{target}尚未在平台办理，请转其上级，或联系后登记外地接收。",
    Why.TARGET_SAME: "此事已在{target}，请选择其他组织。",
    Why.TARGET_NOT_BELOW: "{target}不在您的下级。转给下级用“转派”，转给其他组织用“改派”。",
    Why.TARGET_OUTSIDE_YOURS: "{target}不在您的管理范围，请提请共同的上级裁定。",
    Why.LOOP: "{target}已经退出过此事，不能再转回去。请提请上级裁定。",
    Why.HOP_LIMIT: "已流转{hops}次，不再转来转去。请接收，或提请上级裁定。",
    Why.BINDING: "这是上级裁定的去向，不能改派或退回。确有困难请提请上级重新裁定。",
    Why.REASON_MISSING: "请写明原因，让对方知道接下来怎么办。",
    Why.CANNOT_HOST: "{holder}不是支部一级，不能直接纳管。请转派到辖区内的党支部。",
    Why.NOT_OUTSIDE: "{target}已在平台办理，请直接转给它，由它接收。",
    Why.LETTERS_SENT: "本级已为此事发过{letters}次函。请打电话问清后登记，或提请上级裁定。",
    Why.NOT_A_GUEST: "只有对方平台移交来的党员才能退回对方平台。请改用退回核实。",
    Why.IS_A_GUEST: "他的组织关系在对方平台，外出由对方标记。请与对方联系。",
    Why.CARETAKER_NOT_HERE: "所选微管家不在接收组织任职，请先任命，或另选一位。",
    Why.CARETAKER_AWAY: "{name}到{until}不在，这段时间不接新的党员。请另选一位，或先登记他已回来。",
    Why.NO_SUCCESSOR: "接手的人须是本组织能联系党员的在任人员，且现在在岗。请另选一位，或不选，由书记接手。",
    Why.NOTHING_ABOVE: "上面没有可以裁定的组织，请联系系统管理员设置兜底党支部。",
    Why.STEP_ORDER: "第{number}步的天数不对：不能比上一步早，最多到出发后第{most}天。请改一下天数。",
    Why.STEP_WAY: "第{number}步的方式不在可选范围内，请选“应用内提醒”“短信”或“联系人打电话”。",
    Why.STEP_TWICE: "第{number}步和前面一步在同一天用同一种方式，请改一天，或去掉这一步。",
    Why.STEP_SMS_LIMIT: "第{day}天要发{times}条短信，超过每个号码一天{most}条的限额。请去掉几条。",
    Why.LADDER_EMPTY: "一步都没有。请至少写第一步：出发当天的应用内提醒。",
    Why.LADDER_FIRST: "第一步要在出发当天（第0天）用“应用内提醒”，人人都看得到。请改第一步。",
    Why.LADDER_CALLLESS: "请留一步“联系人打电话”：短信送不到的人，要靠打电话找到。",
    Why.LADDER_TOO_LONG: "最多{most}步，请去掉几步。",
    Why.LADDER_BACKWARDS: "生效日期不能早于今天：已经开始的提醒不会改动。请改为今天或以后的日期。",
    Why.LADDER_TOO_FAR: "生效日期太远，请选三年以内的日期。",
    Why.LADDER_REASON: "请写明为什么改，以后查得到。",
    Why.LADDER_SAME: "从这一天起，步骤本来就是这样，没有要保存的改动。",
    Why.JUST_SENT: "刚刚发过一次，请{minutes}分钟后再发，或直接打电话。",
    Why.ONLY_OPENED: "您正在紧急查看这名党员，只能看，不能办理。需要办理时请先结束紧急查看。",
    Why.ERASED: "这位党员的个人内容已按本人申请删除，不能再标记流出。如有疑问，请联系上级党组织。",
    Why.TALK_MISSING: "还没有登记返回谈话。请先登记谈话时间和谈话人，再办结。",
    Why.TALK_IN_FUTURE: "谈话时间晚于今天。谈过以后再登记，或改正日期。",
    Why.CLOSING_AWAITED: "{host}还没写结束管理意见，最迟{due}，可以打电话催；到期仍没写，说明情况即可办结。",
    Why.CLOSING_MISSING: "{host}到期仍未写结束管理意见。可以办结，但请在说明里写明情况。",
    Why.NO_CLOSING_OWED: "没有等您写的结束管理意见：这名党员没有由您的组织接收过，或当地还没有接入平台。",
    Why.NOT_AGAIN: "上一次外出以“{reason}”结束，不能从它再次外出。请由所在党支部重新标记。",
    Why.AGAIN_LATER: "这之后已有新的外出记录，请从最近的一次办理。",
    Why.NUMBER_MISSING: "请填写{credential}的编号，再登记查验。",
    Why.ISSUED_IN_FUTURE: "发证日期晚于今天，请检查。",
    Why.NO_TRANSFER_ASKED: "现在没有要答复的转接建议，可能对方已先答复，或这段流动已有变化。请刷新页面。",
    Why.KEEP_REASON_MISSING: "请选择暂不转接的原因。",
    Why.SUCCESSOR_WRONG: "这里不能归到那个区划，可能刚由他人改过。请刷新后重新选择。",
    Why.GENERATION_NOT_LOADED: "{generation}还没有载入变更清单。请先在服务器上载入。",
    Why.GENERATION_LIVE: "{generation}已经启用，可能刚由他人办理。请看区划版本的页面。",
    Why.GENERATION_STALE: "{generation}载入以后，现行区划又变了。请重新载入这一版，再核对一次。",
    Why.GENERATION_UNDECIDED: "还有 {number} 处没有定归到哪里。请逐个选定，拿不准的可以归到共同上级。",
    Why.GENERATION_NOT_LIVE: "{generation}不是最近启用的一版，不能退回。",
    Why.LEFT_BEHIND: "有{number}处没有跟到新区划（{first}等），这次没有启用，什么都没有变。请告诉维护人员。",
    Why.GENERATION_FIRST: "这是最初的一版，没有可退回的。",
    Why.GENERATION_USED: "启用以后已有{number}处新登记用了新区划，不能退回。有错请载入更正的一版。",
    Why.UNKNOWN: "没有找到这件事，可能已办结或已转走。请刷新页面。",
    Why.NO_SUGGESTION: "在{holder}下级中没有建议的去处，请单独选定一个组织。",
    Why.NOT_TOPMOST: "办理期限和提醒步骤由平台上最上级党组织的组织部调整。需要更改时，请向上级组织部提出。",
    Why.OUT_OF_BOUNDS: "“{label}”要填 {least} 到 {most} {unit}之间的整数，请改后再保存。",
    Why.SETTLED_BACKWARDS: "生效日期不能早于今天：已经算好的期限不会改动。请改为今天或以后的日期。",
    Why.SETTLED_ALREADY: "从这一天起，“{label}”本来就是 {value} {unit}，没有要保存的改动。",
    Why.ALREADY_LOST: "这名党员已在失联关注中，请直接登记查找情况。",
    Why.CARED_FOR: "这名党员不作硬性要求，不标失联关注。请打个电话问候，登记一次联系。",
    Why.NOT_LOOKED_FOR: "这名党员不在失联关注中。联系不上时，请先标为失联关注并写明原因。",
    Why.TRIED_IN_FUTURE: "查找时间晚于今天。办过以后再登记，或改正日期。",
    Why.PAPERS_MISSING: "请先打印失联材料，支部大会讨论后再登记决定。",
    Why.DECIDED_IN_FUTURE: "决定日期晚于今天，请检查。",
    Why.DECISION_MISSING: "失联党员的处理由支部决定。请先打印材料、登记支部决定，再办结。",
    Why.VISIT_DAYS_MISSING: "请选好哪天到家、哪天再出发，大概的日子就行。",
    Why.VISIT_DAYS_REVERSED: "再出发的日子早于到家的日子，请检查。",
    Why.VISIT_PAST: "再出发的日子已经过了。已返回工作地的，请点“已返回工作地”。",
    Why.VISIT_TOO_LONG: "回乡不超过{days}天；不再外出的，请办“返乡”。",
    Why.NOT_AT_HOME: "没有登记他已回乡，可能已由他人办理。请刷新页面。",
    Why.VISIT_TOO_FAR: "{year}年的春节返乡算到{until}为止，到家的日子在那以后，请检查年份和日子。",
    Why.MEETING_PAST: "时间已经过了，请改为以后的时间。",
    Why.MEETING_TOO_FAR: "{year}年的返乡活动排到{until}为止，请检查年份和日子。",
    Why.MEETING_PLACE_MISSING: "请写明地点，20字以内，例如“村党群服务中心”。",
    Why.NOBODY_INVITED: "没有可以邀请的人：请至少勾选一名本组织在外的党员。",
    Why.TOO_MANY_INVITED: "一次最多邀请{most}人，请分几场安排。",
    Why.MEETING_OVER: "这场活动已登记到场或已取消，不能再改。",
    Why.MEETING_AHEAD: "活动还没到时间，开过以后再登记到场。",
    Why.WRONG_END: "当前是“{status}”，不能以“{reason}”结束。",
}


Refusal = refusals.Refusal
Refused = refusals.Refused


def refuse(why: Why, **facts: str) -> Refusal:
    """Make a refusal."""
    return refusals.refusal_of(SENTENCES, why, facts)
