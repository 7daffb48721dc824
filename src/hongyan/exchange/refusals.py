"""Why can a letter not be written, printed again or answered?"""

from enum import StrEnum

from hongyan import refusals


class Why(StrEnum):
    """Every reason for which something about a letter is refused."""

    WRONG_CODE = "wrong_code"
    BRANCH_MISSING = "branch_missing"
    CONTACT_MISSING = "contact_missing"
    WORDS_MISSING = "words_missing"
    NOT_WAITING = "not_waiting"
    ALREADY_WRITTEN = "already_written"
    NO_KEYS = "no_keys"
    KEYS_THERE = "keys_there"
    CARD_UNREADABLE = "card_unreadable"
    CARD_OURS = "card_ours"
    ADDRESS_INSECURE = "address_insecure"
    STANDS_HERE = "stands_here"
    STANDS_ALREADY = "stands_already"
    NOT_COMPARED = "not_compared"
    NOT_TOPMOST = "not_topmost"
    PEER_CLOSED = "peer_closed"
    NOT_THERE = "not_there"
    NO_PLACE = "no_place"
    ALREADY_ACROSS = "already_across"
    NOT_DEAD = "not_dead"
    NOT_SERVED = "not_served"
    INCOMPLETE = "incomplete"
    UNKNOWN_JOURNEY = "unknown_journey"


SENTENCES = {
    # The same for every reason: whoever guesses learns nothing.
    Why.WRONG_CODE: "这个回执码不对、已用过或已过期。请核对函上的 16 位字符；仍不行，请打函上的电话。",
    Why.BRANCH_MISSING: "请写明由哪个党支部接收。",
    Why.CONTACT_MISSING: "请写明联系人和联系电话，对方好与您交接。",
    Why.WORDS_MISSING: "请写明情况：他现在住在哪里，或需要核实什么。",
    Why.NOT_WAITING: "这封函已有回音，或此事已另行办理，不需要再打印。",
    Why.ALREADY_WRITTEN: "这封函刚才已经写好。需要再打印时，请在函件页面重新打印。",
    Why.NO_KEYS: "本平台还没有互通钥匙。请运行 hongyan exchange keys --code 代号 --name 名称 生成。",
    Why.KEYS_THERE: "本平台已有互通钥匙。要换新，请加 --renew，并把新名片给每个对方平台核对。",
    Why.CARD_UNREADABLE: "对方名片读不出来。请整段粘贴对方运行 hongyan exchange keys 得到的内容。",
    Why.CARD_OURS: "这是本平台自己的名片。请粘贴对方平台的名片。",
    Why.ADDRESS_INSECURE: "对方地址要以 https:// 开头，后面不带路径。请向对方要正确的名片。",
    Why.STANDS_HERE: "{target}在本平台办理，或归本平台的组织管，不能代表对方平台。请另选一个外地组织。",
    Why.STANDS_ALREADY: "{target}已经代表{peer}。请另选一个外地组织。",
    Why.NOT_COMPARED: "核对码和名片对不上。请打电话让对方念一遍，一个字符都不能差。",
    Why.NOT_TOPMOST: "只有平台上最上级党组织的组织部可以办理互通。",
    Why.PEER_CLOSED: "和{peer}的互通已停用。请改用联系函，或先恢复互通。",
    Why.NOT_THERE: "他的去向不在{peer}的地域内。请核对去向，或改用别的办法。",
    Why.NO_PLACE: "还不知道他去了哪里，不能交给对方平台。请先核对去向。",
    Why.ALREADY_ACROSS: "此事已交给{peer}，正等对方办理。急的话请打电话。",
    Why.NOT_DEAD: "这条消息不需要处理。",
    Why.NOT_SERVED: "去向所在地没有能办理的组织。",
    Why.INCOMPLETE: "消息内容不完整。",
    Why.UNKNOWN_JOURNEY: "没有这件事。",
}

Refusal = refusals.Refusal
Refused = refusals.Refused


def refuse(why: Why, **facts: str) -> Refusal:
    """Make a refusal."""
    return refusals.refusal_of(SENTENCES, why, facts)
