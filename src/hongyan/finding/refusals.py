"""Why something about a found person is refused: a value with its sentence."""

from enum import StrEnum

from hongyan import refusals


class Why(StrEnum):
    """Every reason for which something about finding people is refused."""

    NOT_HERE = "not_here"
    NO_CONSENT = "no_consent"
    TOO_LITTLE = "too_little"
    TOO_OFTEN = "too_often"
    HOME_UNKNOWN = "home_unknown"
    NOT_ASKED = "not_asked"
    ANSWERED = "answered"
    REASON_MISSING = "reason_missing"
    NOBODY_MATCHED = "nobody_matched"
    COMPANY_CLOSED = "company_closed"
    COMPANY_TWICE = "company_twice"
    PLACE_UNKNOWN = "place_unknown"
    NO_SWITCHING = "no_switching"
    SWITCHED_OFF = "switched_off"
    NO_PHONE = "no_phone"
    LINK_OVER = "link_over"
    NOT_A_PARK = "not_a_park"
    KEY_REUSED = "key_reused"


SENTENCES = {
    Why.NOT_HERE: "您不在这个组织办理摸排登记。请从自己的组织进入，或联系其书记。",
    Why.NO_CONSENT: "请先向本人说明并征得同意，再登记。本人不同意的，不登记。",
    Why.TOO_LITTLE: "请写下姓名，以及手机号、身份证号后四位以上、老家所在县区中的至少一项，方便核实。",
    Why.TOO_OFTEN: "这段时间登记的次数太多，先停一停。请一小时后再试；急事请联系上级组织部。",
    Why.HOME_UNKNOWN: "没有找到这个老家地址，请写到省、市、县，例如“甘肃省武威市民勤县”；不清楚可以不填。",
    Why.NOT_ASKED: "这件事不由您答复，现在在{holder}。请刷新页面，或联系对方。",
    Why.ANSWERED: "这件事已有答复，您这次没有保存。请刷新页面看最新情况。",
    Why.REASON_MISSING: "请写明核实的情况，让登记的社区知道怎么办。",
    Why.NOBODY_MATCHED: "名册上没有对上的党员，不能直接确认。请登记外地党组织的答复，或写明核实情况。",
    Why.COMPANY_CLOSED: "这家单位已停用。请重新添加，或选择其他单位。",
    Why.COMPANY_TWICE: "这家单位已经添加过，请直接打印它的海报。",
    Why.PLACE_UNKNOWN: "没有找到单位所在地，请写到县区或街道，例如“甘肃省兰州市城关区”。",
    Why.NO_SWITCHING: "您不能开关观察员推荐。请由本组织书记或上级组织部办理。",
    Why.SWITCHED_OFF: "本组织没有开放观察员推荐。请把海报给同事看，由他自己扫码。",
    Why.NO_PHONE: "请填写姓名和 11 位手机号码，短信要发到这部手机上由本人确认。",
    Why.NOT_A_PARK: "只有服务园区、企业的党组织可以接收入职名单。请先为本组织设置服务单位。",
    Why.KEY_REUSED: "这个编号已用于另一份名单，没有重复接收。请换一个编号，或刷新页面再传。",
    Why.LINK_OVER: "这个链接已失效，可能已超过 7 天或已办过。请重新扫海报上的二维码。",
}


class Flaw(StrEnum):
    """Why a row is not taken."""

    NO_CONSENT = "no_consent"
    NO_NUMBER = "no_number"
    NO_COMPANY = "no_company"
    NO_START = "no_start"


FLAW_SENTENCES = {
    Flaw.NO_CONSENT: "没有本人同意或同意日期，这一行没有读取。征得同意后再报，不同意的不报。",
    Flaw.NO_NUMBER: "请填写姓名，以及 11 位手机号码或 18 位公民身份号码。",
    Flaw.NO_COMPANY: "请填写入职的单位。",
    Flaw.NO_START: "请填写入职日期，一年以内，最晚不超过一个月以后。",
}


Refusal = refusals.Refusal
Refused = refusals.Refused


def refuse(why: Why, **facts: str) -> Refusal:
    """Make a refusal."""
    return refusals.refusal_of(SENTENCES, why, facts)
