"""What does a notice say?

One sentence per kind in templates/notifications/<kind>.txt, with the facts it needs in braces. No sentence
names a person. A new kind is a new file and a new label here.
"""

import string
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

# The title of each kind, as lists and pop-ups show it.
LABELS = {
    "check_in_reminder": "请您报到",
    "arrived_at_desk": "等待接收",
    "accepted": "已接收纳管",
    "returned": "退回核实",
    "overdue": "已超期限",
    "digest": "今日待办",
    "redirected": "已转到新的党组织",
    "found": "请确认一名党员",
    "relocating": "接续中",
    "transfer_suggested": "是否转接组织关系",
    "transfer_possible": "组织关系可以转接",
    "transfer_answered": "转接建议已有答复",
    "transfer_wished": "本人说了转接的意愿",
    "returning": "返回谈话",
    "sent_on": "去向有更新",
    "left": "已启程返回",
    "long_unheard": "三个月没有联系",
    "care_call": "请打个电话问候",
    "lost_flagged": "失联关注",
    "search_idle": "查找没有进展",
    "closing_asked": "请写结束管理意见",
    "closing_written": "结束管理意见已写",
    "closing_missed": "结束管理意见逾期",
    "exempt_review": "不作硬性要求到期复核",
    "exempt_review_missed": "不作硬性要求逾期未复核",
    "ended": "流动已结束",
    "hosting_ended": "不用再纳管",
    "cancelled": "标记已撤销",
    "case_cancelled": "不用再办理",
    "case_returned": "不用再接收",
    "denied": "未确认到达",
    "taken_over": "已由新组织接收",
    "caretaker_named": "认识您的微管家",
    "sign_in_code": "登录验证码",
    "appointed": "新的任命",
    "dismissed": "免去职务",
    "extended": "任期变更",
    "caretaker_away": "不在的日子已登记",
    "deputy_for": "请代管党员",
    "caretaker_changed": "换了微管家",
    "took_over": "接手联系党员",
    "nobody_cares": "党员没有微管家",
    "emergency_look": "您的信息被紧急查看",
    "emergency_look_home": "一名党员被紧急查看",
    "letter_sent": "已发联系函",
    "letter_call": "请催问联系函",
    "letter_again": "联系函逾期未回",
    "letter_late": "联系函仍无回音",
    "letter_answered": "联系函有回复",
    "letter_accepted": "回函同意接收",
    "across_moved": "对方平台换了接收组织",
    "across_sent_home": "对方平台退回核实",
    "across_ended": "对方平台已办结",
    "across_refused": "对方平台不能办理",
    "across_dead": "消息送不到对方平台",
    "says_abroad": "本人在境外",
    "gone_from_roster": "不在最新名册里",
    "moved_while_away": "外出党员转了党支部",
    "came_while_away": "转入的党员在外",
    "export_waiting": "导出名单待复核",
    "export_decided": "导出名单已复核",
    "found_unmarked": "请确认一名未标记的党员",
    "found_unknown": "请核实一名外来党员",
    "found_late": "核实已超期限",
    "found_answered": "摸排登记有答复",
    "confirm_referral": "请您确认登记",
    "gathering_suggested": "同乡流动党员",
    "founding_asked": "请商议设立党支部",
    "founding_answered": "设立党支部已有答复",
    "founding_late": "商议设立党支部逾期",
    "founding_dropped": "不再设立党支部",
    "branch_founded": "流动党员党支部已设立",
    "join_asked": "邀请您加入党支部",
    "join_to_ask": "请问本人是否加入",
    "branch_small": "流动党员党支部人数不足",
    "visit_question": "春节回不回家",
    "visit_known": "党员春节回乡",
    "visit_outstayed": "回乡超过预计日期",
    "invited": "请您参加活动",
    "called_off": "活动取消",
    "calendar_unknown": "放假安排还未载入",
    "queue_late": "短信排队太久",
}
# What its recipient waits for in this minute: no closed channel and no limit holds it back.
ASKED_FOR = frozenset({"sign_in_code"})
# The outbox's own reason: he has closed the channel while something waited.
CLOSED = "channel closed"
# How the outbox marks what the network reported after the provider had taken a letter.
REPORTED = "reported "
# The codes of the provider and of the networks behind it, and those of the outbox itself.
FAILURES = {
    "isv.MOBILE_NUMBER_ILLEGAL": "号码不正确",
    "isv.MOBILE_COUNT_OVER_LIMIT": "号码不正确",
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": "不是境内号码",
    "isv.BLACK_KEY_CONTROL_LIMIT": "本人在运营商处拒收",
    "isv.BLACK_NUMBER_CONTROL_LIMIT": "本人在运营商处拒收",
    "isv.SMS_CONTENT_ILLEGAL": "短信内容没有通过审核",
    "MOBILE_NOT_ON_SERVICE": "号码停机或关机",
    "MOBILE_IN_BLACK": "本人在运营商处拒收",
    "MOBILE_GRIDDED": "号码停机",
    "MOBILE_SEND_LIMIT": "当天短信过多，运营商未放行",
    "MOBILE_ACCOUNT_ABNORMAL": "号码停机",
    "MOBILE_TERMINAL_ERROR": "手机收不到短信",
    "DELIVERED_TIMEOUT": "一直关机或没有信号",
    "NOT_ON_SERVICE": "号码停机或关机",
    "UNDELIV": "号码停机或关机",
    "MK:0001": "号码是空号",
    "wechat failed:user block": "本人在微信里拒收",
    "wechat failed: user block": "本人在微信里拒收",
    CLOSED: "本人已关闭这种提醒",
    "number limit": "这个号码一天内的短信已满",
}
FOLDER = Path(__file__).parent / "templates" / "notifications"


def said_day(day: date, *, year: bool = False) -> str:
    """Write a day as every notice does, with its year where it may be another one."""
    lead = f"{day.year}年" if year else ""
    return f"{lead}{day.month}月{day.day}日"


def said_moment(at: datetime) -> str:
    """Write a moment as every notice does, by the clock people live by."""
    here = timezone.localtime(at)
    return f"{said_day(here)} {here:%H:%M}"


def said_end(day: date | None) -> str:
    """Write the day a term ends; one without an end lasts until further notice."""
    return said_day(day, year=True) if day else "另行通知"


class UnknownKind(LookupError):
    """No sentence has been written for this kind of notice."""


class MissingFact(LookupError):
    """The sentence of this kind needs a fact that was not given."""


@cache
def sign() -> str:
    """Return the sender's sign that opens every short message."""
    return (FOLDER / "sign.txt").read_text(encoding="utf-8").strip()


@cache
def _pattern(kind: str) -> str:
    if kind not in LABELS:
        raise UnknownKind(kind)
    return (FOLDER / f"{kind}.txt").read_text(encoding="utf-8").strip()


@cache
def needed(kind: str) -> frozenset[str]:
    """Name the facts the sentence of this kind needs, or raise UnknownKind."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(_pattern(kind)) if name)


def check(kind: str, facts: Mapping[str, Any]) -> None:
    """See that a kind has a sentence, and that every fact it needs is there."""
    missing = needed(kind) - facts.keys()
    if missing:
        raise MissingFact(f"{kind} needs {', '.join(sorted(missing))}")


def filled(kind: str, facts: Mapping[str, Any]) -> dict[str, str]:
    """Take from `facts` what the sentence needs; a link that starts with "/" gets this site's address."""
    check(kind, facts)
    words = {name: str(facts[name]) for name in sorted(needed(kind))}
    if words.get("link", "").startswith("/"):
        words["link"] = settings.PUBLIC_URL.rstrip("/") + words["link"]
    return words


def sentence(kind: str, facts: Mapping[str, Any]) -> str:
    """Say one notice in Chinese, without the sender's sign."""
    return _pattern(kind).format_map(filled(kind, facts))


def why_failed(code: str) -> str:
    """Say the reason of a failure; an unknown code is a channel that did not answer."""
    reported, code = code.startswith(REPORTED), code.removeprefix(REPORTED)
    if code in FAILURES:
        return FAILURES[code]
    if reported:
        return "微信没有送到" if code.startswith("wechat") else "运营商没有送到"
    busy = "LIMIT" in code or "Throttling" in code or "429" in code
    return "发送太多，运营商暂不受理" if busy else "发送通道没有接通"
