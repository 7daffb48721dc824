"""How long each step may take."""

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from hongyan.geography.calendar import SHANGHAI, after_days, after_working_days


@dataclass(frozen=True)
class Periods:
    """The periods of the rules, with their defaults; days are calendar days unless they say working.

    What is in force is data: `journeys.terms.in_force`. A new field needs a label below.
    """

    mobile_after_days: int = 183
    check_in_days: int = 15
    hop_working_days: int = 2
    contact_days: int = 30
    return_talk_days: int = 15
    call_working_days: int = 2
    raise_working_days: int = 2
    # Between these hours no message goes to a phone.
    quiet_from_hour: int = 21
    quiet_until_hour: int = 9
    closing_note_working_days: int = 5
    credential_check_days: int = 366
    watch_after_days: int = 92
    lost_after_days: int = 183
    search_working_days: int = 5
    queue_hours: int = 6
    hop_limit: int = 8
    link_days: int = 60
    resend_minutes: int = 10
    # For somebody found whom no roster names: an answer has to come from outside the platform.
    outside_answer_days: int = 15
    # Over which days fair shares among caretakers are counted.
    fair_share_days: int = 30
    # Whoever is abroad is spoken with every half year.
    abroad_contact_days: int = 183
    # Of a letter to a place without the platform.
    letter_reminder_days: int = 7
    letter_days: int = 15
    letters_limit: int = 3
    # Hosted in one place for so long, a membership should follow; declined, it is asked again after so long.
    transfer_after_days: int = 183
    transfer_again_days: int = 183
    # By which level of home those who are together elsewhere are counted: 1 county, 2 prefecture.
    gathering_home_level: int = 1
    gathering_rest_days: int = 183
    consult_working_days: int = 10
    branch_grow_days: int = 92
    # Who comes home for the Spring Festival is asked from so long before until so long after it.
    festival_before_days: int = 30
    festival_after_days: int = 20
    visit_again_days: int = 7
    visit_grace_days: int = 7
    # When one looks again at why nothing hard is asked of a member, and how long before home is asked.
    exempt_ill_days: int = 366
    exempt_disabled_days: int = 731
    exempt_old_days: int = 1096
    exempt_ask_days: int = 14


DEFAULT = Periods()

# What each one is, as officials call it.
PERIOD_LABELS: dict[str, str] = {
    "mobile_after_days": "外出满多少天才算流动",
    "check_in_days": "出发后报到的期限",
    "hop_working_days": "每一级分办和接收的期限",
    "contact_days": "接收后联系一次的间隔",
    "return_talk_days": "返回后谈话的期限",
    "closing_note_working_days": "接收方写结束管理意见的期限",
    "credential_check_days": "活动证查验的间隔",
    "watch_after_days": "多少天没有联系开始关注",
    "lost_after_days": "多少天没有联系列为失联关注",
    "search_working_days": "失联查找下一步的期限",
    "call_working_days": "短信联系不上后打电话的期限",
    "raise_working_days": "逾期未办再报上一级的间隔",
    "quiet_from_hour": "晚上几点以后不发短信提醒",
    "quiet_until_hour": "早上几点以后才发短信提醒",
    "queue_hours": "短信排队多久报告省委组织部",
    "hop_limit": "最多流转次数",
    "link_days": "报到链接的有效期",
    "resend_minutes": "再次发送报到链接的最短间隔",
    "outside_answer_days": "摸排发现后等外地答复的期限",
    "fair_share_days": "微管家平均分配按多少天计",
    "abroad_contact_days": "在境外的联系间隔",
    "letter_reminder_days": "联系函发出后打电话催问的期限",
    "letter_days": "联系函回函的期限",
    "transfer_after_days": "接收满多少天后建议转接组织关系",
    "transfer_again_days": "暂不转接的，过多少天再问",
    "gathering_home_level": "同乡按流出地哪一级合计（1 为县区，2 为市州）",
    "gathering_rest_days": "暂不设立流动党员党支部的，过多少天再提",
    "consult_working_days": "商议设立流动党员党支部的答复期限",
    "branch_grow_days": "新设的流动党员党支部多少天内应有 3 名正式党员",
    "festival_before_days": "春节前多少天开始问回不回家",
    "festival_after_days": "春节后多少天为止算春节返乡",
    "visit_again_days": "问了没回答的，过多少天再提醒一次",
    "visit_grace_days": "回乡超过预计日期多少天请流出地问清",
    "letters_limit": "一级组织为一件事最多发函次数",
    "exempt_ill_days": "患病不作硬性要求的，过多少天复核",
    "exempt_disabled_days": "残疾不作硬性要求的，过多少天复核",
    "exempt_old_days": "年老不作硬性要求的，过多少天复核",
    "exempt_ask_days": "不作硬性要求的，复核日期前多少天请流出地看",
}
# What it counts in, by the end of its name.
UNIT_LABELS = {
    "working_days": "个工作日",
    "days": "天",
    "hours": "小时",
    "hour": "点",
    "minutes": "分钟",
    "limit": "次",
    "level": "级",
}
# What an official may set it to: the least and the most; of others any day of three years.
BOUNDS: dict[str, tuple[int, int]] = {
    "mobile_after_days": (30, 366),
    "check_in_days": (3, 90),
    "hop_working_days": (1, 15),
    "contact_days": (7, 180),
    "return_talk_days": (3, 90),
    "closing_note_working_days": (1, 30),
    "watch_after_days": (30, 180),
    "lost_after_days": (90, 366),
    "search_working_days": (1, 30),
    "call_working_days": (1, 15),
    "raise_working_days": (1, 15),
    "quiet_from_hour": (18, 23),
    "quiet_until_hour": (6, 11),
    "queue_hours": (1, 48),
    "hop_limit": (3, 20),
    "link_days": (7, 365),
    "resend_minutes": (1, 1440),
    "gathering_home_level": (1, 2),
    "consult_working_days": (3, 30),
    "festival_before_days": (7, 120),
    "festival_after_days": (7, 60),
    "visit_again_days": (2, 30),
    "visit_grace_days": (1, 30),
    "exempt_ill_days": (30, 1096),
    "exempt_disabled_days": (30, 1096),
    "exempt_old_days": (30, 1096),
    "exempt_ask_days": (3, 90),
}
ANY = (1, 1095)
# Those that officials change: whole numbers.
NAMES: tuple[str, ...] = tuple(field.name for field in fields(Periods) if type(field.default) is int)


def unit(name: str) -> str:
    """Say what a period counts in."""
    ends = [end for end in UNIT_LABELS if name == end or name.endswith(f"_{end}")]
    return UNIT_LABELS[max(ends, key=len)] if ends else ""


def check_in_due(departs_on: date, at: datetime, terms: Periods) -> datetime:
    """Say until when a member should have checked in: counted from departure, never from the past."""
    start = datetime.combine(departs_on, time(9), SHANGHAI)
    return after_days(max(start, at), terms.check_in_days)


def talk_due(departs_on: date, at: datetime) -> datetime:
    """Say until when the talk before departure should have happened."""
    return max(after_days(datetime.combine(departs_on, time(9), SHANGHAI), 0), after_days(at, 0))


def hop_due(at: datetime, terms: Periods) -> datetime:
    """Say until when a desk should have answered."""
    return after_working_days(at, terms.hop_working_days)


def call_due(at: datetime, terms: Periods) -> datetime:
    """Say until when somebody whom no message reaches should have been called."""
    return after_working_days(at, terms.call_working_days)


def awake(at: datetime, terms: Periods) -> datetime:
    """Say when a message may go to a phone: now by day, in the morning where it is night."""
    local = at.astimezone(SHANGHAI)
    morning = local.replace(hour=terms.quiet_until_hour, minute=0, second=0, microsecond=0)
    if local < morning:
        return morning
    return morning + timedelta(days=1) if local.hour >= terms.quiet_from_hour else at


def raise_climbs(at: datetime, terms: Periods) -> datetime:
    """Say when a missed deadline that a level above lets lie goes before the next one."""
    return after_working_days(at, terms.raise_working_days)


def contact_due(at: datetime, terms: Periods) -> datetime:
    """Say until when the next contact is due."""
    return after_days(at, terms.contact_days)


def abroad_contact_due(at: datetime, terms: Periods) -> datetime:
    """Say until when somebody abroad is to be spoken with again."""
    return after_days(at, terms.abroad_contact_days)


def letter_reminder_due(at: datetime, terms: Periods) -> datetime:
    """Say when the sender of a letter should ask by phone what became of it."""
    return after_days(at, terms.letter_reminder_days)


def letter_due(at: datetime, terms: Periods) -> datetime:
    """Say until when a letter should have been answered."""
    return after_days(at, terms.letter_days)


def letter_climbs(at: datetime, terms: Periods) -> datetime:
    """Say when a case whose letter nobody answered goes to the desk above: one hop after it was due."""
    return hop_due(letter_due(at, terms), terms)


def return_talk_due(at: datetime, terms: Periods) -> datetime:
    """Say until when the talk after the return is due."""
    return after_days(at, terms.return_talk_days)


def outside_answer_due(at: datetime, terms: Periods) -> datetime:
    """Say until when somebody outside the platform should have answered about a person found."""
    return after_days(at, terms.outside_answer_days)


def closing_note_due(at: datetime, terms: Periods) -> datetime:
    """Say until when the host should have written how its hosting ended."""
    return after_working_days(at, terms.closing_note_working_days)


def exempt_until(kind: str, today: date, terms: Periods) -> date:
    """Say on which day one looks again at why nothing hard is asked of somebody; no kind: as of age."""
    days = {"ill": terms.exempt_ill_days, "disabled": terms.exempt_disabled_days}
    return today + timedelta(days=days.get(kind, terms.exempt_old_days))


def exempt_review_due(review_on: date, at: datetime, terms: Periods) -> datetime:
    """Say until when home should have looked: that day; asked late, as long as a call has."""
    return max(after_days(datetime.combine(review_on, time(9), SHANGHAI), 0), call_due(at, terms))


def search_due(at: datetime, terms: Periods) -> datetime:
    """Say until when the next attempt to find somebody should have been made."""
    return after_working_days(at, terms.search_working_days)


def is_short(departs_on: date, expected_return_on: date | None, terms: Periods) -> bool:
    """Tell a short absence (under half a year) from mobility."""
    return expected_return_on is not None and (expected_return_on - departs_on).days < terms.mobile_after_days
