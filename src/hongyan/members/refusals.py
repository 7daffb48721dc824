"""Why a duty, a token, an approval or an emergency look is refused: a value with its sentence."""

from enum import StrEnum

from hongyan import refusals


class Why(StrEnum):
    """Every reason for which something about people's rights is refused."""

    NOT_ONESELF = "not_oneself"
    NO_APPOINTING = "no_appointing"
    UPWARDS = "upwards"
    OUTSIDE = "outside"
    NOT_YOURS_HERE = "not_yours_here"
    MORE_THAN_YOURS = "more_than_yours"
    ORGANIZATION_CLOSED = "organization_closed"
    USER_GONE = "user_gone"
    MEMBERS_ACCOUNT = "members_account"
    ALREADY_APPOINTED = "already_appointed"
    IN_THE_PAST = "in_the_past"
    DATES_REVERSED = "dates_reversed"
    ENDS_IN_THE_PAST = "ends_in_the_past"
    ALREADY_ENDED = "already_ended"
    HAS_PASSWORD = "has_password"  # noqa: S105 - a reason, no password
    USERNAME_TAKEN = "username_taken"
    TOKEN_OUTSIDE = "token_outside"  # noqa: S105 - a reason, no password
    OWN_REQUEST = "own_request"
    NO_APPROVING = "no_approving"
    NO_BREAKING = "no_breaking"
    REASON_SHORT = "reason_short"
    IN_SCOPE = "in_scope"
    ONE_AT_A_TIME = "one_at_a_time"
    OPENED_ENOUGH = "opened_enough"
    NOBODY_OPENED = "nobody_opened"
    CARES_FOR_NOBODY = "cares_for_nobody"
    AWAY_REVERSED = "away_reversed"
    AWAY_OVER = "away_over"
    AWAY_ALREADY = "away_already"
    NO_DEPUTY = "no_deputy"
    BACK_ALREADY = "back_already"
    NOT_YOUR_MEMBER = "not_your_member"
    REVIEW_IN_PAST = "review_in_past"
    REVIEW_TOO_FAR = "review_too_far"
    REVIEWED_ALREADY = "reviewed_already"


SENTENCES = {
    Why.NOT_YOUR_MEMBER: "该党员的组织关系不在您管理的党支部，请联系其所在党支部办理。",
    Why.REVIEW_IN_PAST: "复核日期要晚于今天，请改为以后的日期，或不填。",
    Why.REVIEW_TOO_FAR: "复核日期最远三年，请改近一些，或不填。",
    Why.REVIEWED_ALREADY: "这次复核已经有人办了，请看页面上现在的情况；还要改的，再办一次。",
    Why.NOT_ONESELF: "不能任免自己，也不能延长自己的任期。请由上级组织，或有任免权限的其他人办理。",
    Why.NO_APPOINTING: "您没有任免权限。请联系本组织书记或上级组织部办理。",
    Why.UPWARDS: "{organization}是上级组织，只能任免本组织和下级的人员。请联系上级办理。",
    Why.OUTSIDE: "{organization}不在您的管理范围。请联系它的上级组织办理。",
    Why.NOT_YOURS_HERE: "在本组织不能任免“{role}”，这一职务由上级组织任免。请联系上级办理。",
    Why.MORE_THAN_YOURS: "“{role}”的权限超过您自己的权限，不能由您任免。请联系上级组织部办理。",
    Why.ORGANIZATION_CLOSED: "{organization}已撤销，不能再任命。请选择现有的党组织。",
    Why.USER_GONE: "这个账号已停用，不能任命。请先联系系统管理员启用，或用新的用户名。",
    Why.MEMBERS_ACCOUNT: "这是党员本人的账号，不能用来办公。请为他另取一个用户名。",
    Why.ALREADY_APPOINTED: "此人在这段时间已担任{organization}的“{role}”。需要改期时请办理延期或免去。",
    Why.IN_THE_PAST: "任职日期不能早于今天。请改为今天或以后的日期。",
    Why.DATES_REVERSED: "到期日期早于任职日期。请检查两个日期。",
    Why.ENDS_IN_THE_PAST: "到期日期已经过去。请改为今天或以后；要立即停止，请办理免去。",
    Why.ALREADY_ENDED: "这项任职已经结束，可能刚由他人办理。请刷新页面；需要时重新任命。",
    Why.HAS_PASSWORD: "此人已经设置过密码，不再需要邀请。忘记密码时请由系统管理员重置。",
    Why.USERNAME_TAKEN: "用户名“{username}”刚被占用。请换一个用户名再试。",
    Why.TOKEN_OUTSIDE: "这个接口令牌的使用人不在您的任免范围，不能停用。请联系其上级组织。",
    Why.OWN_REQUEST: "这是您自己提出的申请，须由另一人复核。请联系有复核权限的同事。",
    Why.NO_APPROVING: "您没有复核这项申请的权限。请由所在组织或上级的书记、组织部工作人员复核。",
    Why.NO_BREAKING: "您没有紧急查看的权限。请联系县级以上组织部办理。",
    Why.REASON_SHORT: "请写清紧急查看的理由，至少{least}个字，本人和其党支部都会知道有人看过。",
    Why.IN_SCOPE: "此人就在您的管理范围，不需要紧急查看。请从流动党员名单直接打开。",
    Why.ONE_AT_A_TIME: "您正在紧急查看另一名党员。请先结束，再查看下一名。",
    Why.OPENED_ENOUGH: "今天紧急查看的次数已用完。确有需要请联系其所在党支部，或明天再试。",
    Why.NOBODY_OPENED: "这次紧急查看已经结束。需要再看请重新说明理由。",
    Why.CARES_FOR_NOBODY: "这一职务不联系党员，没有人数和请假可登记。请选择微管家等联系党员的职务。",
    Why.AWAY_REVERSED: "结束日期早于开始日期。请检查两个日期。",
    Why.AWAY_OVER: "这段时间已经过去，不需要登记。请填写今天或以后结束的日期。",
    Why.AWAY_ALREADY: "这几天已登记过不在。需要改日期时，请先办“已回来”，再重新登记。",
    Why.NO_DEPUTY: "代管人须是本组织另一位能联系党员的在任人员。请另选一位，或不选，由书记代管。",
    Why.BACK_ALREADY: "这次不在已经结束，可能刚由他人办理。请刷新页面。",
}


Refusal = refusals.Refusal
Refused = refusals.Refused


def refuse(why: Why, **facts: str) -> Refusal:
    """Make a refusal."""
    return refusals.refusal_of(SENTENCES, why, facts)
