"""What was done and who was looked at in an auditor's subtree, in words built from codes, page by page?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet

from hongyan.audit.models import AccessLog, Entry, Seal
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.periods import PERIOD_LABELS
from hongyan.journeys.states import VERB_LABELS
from hongyan.members.permissions import Actor, names_of
from hongyan.members.roles import ROLE_LABELS, Power, Role
from hongyan.organizations.models import Organization, under

PAGE = 50
# No question reads more rows than this, however rare the answer: the page then offers to go on.
WINDOW = 50_000
STREAMS: dict[str, type[Entry] | type[AccessLog]] = {"entry": Entry, "access": AccessLog}
# What an action is called; a test finds every verb that is recorded anywhere and looks for it here.
DEEDS = {str(verb): label for verb, label in VERB_LABELS.items()} | {
    "settle": "调整办理期限",
    "appoint": "任命",
    "dismiss": "免去职务",
    "extend": "改任期",
    "set_capacity": "改微管家可联系人数",
    "stay_away": "登记微管家不在",
    "end_absence": "登记微管家回来",
    "set_sharing": "改微管家安排方式",
    "register_user": "开设账号",
    "invite": "邀请",
    "own_account": "党员首次登录",
    "set_password": "设置密码",
    "forget_factors": "清除第二重验证",
    "close_channel": "关闭一种提醒",
    "open_channel": "重新打开一种提醒",
    "bind_wechat": "绑定微信",
    "unbind_wechat": "解绑微信",
    "print_paper_code": "打印纸质登录码",
    "use_paper_code": "使用纸质登录码",
    "issue_token": "发放接口令牌",
    "revoke_token": "停用接口令牌",
    "enrol": "录入名册",
    "add_factor": "添加第二重验证",
    "remove_factor": "移除第二重验证",
    "renew_recovery_codes": "更换备用码",
    "consent": "同意一项用途",
    "withdraw": "撤回同意",
    "ask_correct": "申请更正",
    "ask_erase": "申请删除",
    "take_back": "撤回申请",
    "agree": "同意申请",
    "refuse": "不同意申请",
    "approve": "复核同意删除",
    "disapprove": "复核不同意删除",
    "correct": "更正信息",
    "erase": "删除个人信息",
    "restrict": "限制使用",
    "lift": "解除限制使用",
    "export_own": "本人导出信息",
    "ask_export": "申请导出名单",
    "answer_export": "复核导出",
    "export": "导出名单",
    "apply_retention": "到期清理个人信息",
    "prune": "到期清理审计记录",
    "begin_rotation": "开始更换密钥",
    "end_rotation": "密钥更换完成",
    "retire_key": "停用旧密钥",
    "load_demo": "载入演示数据",
    "resend_link": "重发报到链接",
    "exempt": "登记不作硬性要求",
    "end_exemption": "结束不作硬性要求",
    "continue_exemption": "复核后继续不作硬性要求",
    "ask_exempt_review": "请流出地复核不作硬性要求",
    "watch": "开始关注久未联系的党员",
    "print_dossier": "打印失联材料",
    "reprint_letter": "重新打印联系函",
    "answer_letter": "回复联系函",
    "deliver_work_starts": "报送入职名单",
    "suggest_transfer": "建议转接组织关系",
    "answer_transfer": "答复转接建议",
    "wish_transfer": "本人说明转接意愿",
    "suggest_gathering": "建议设立或加入流动党员党支部",
    "end_gathering": "同乡建议不再成立",
    "decline_gathering": "答复暂不设立流动党员党支部",
    "propose_branch": "提出设立流动党员党支部",
    "answer_consultation": "答复设立流动党员党支部的商议",
    "consult_again": "再次商请设立流动党员党支部",
    "climb_founding": "商议设立党支部逾期，报上级",
    "found_branch": "决定设立流动党员党支部",
    "drop_founding": "不再设立流动党员党支部",
    "invite_to_join": "邀请加入流动党员党支部",
    "answer_join": "登记是否加入流动党员党支部",
    "ask_to_join": "本人要求加入流动党员党支部",
    "branch_small": "流动党员党支部正式党员不足",
    "say_abroad": "登记在境外",
    "ask_visit": "问春节回不回家",
    "answer_visit": "登记春节回不回家",
    "begin_visit": "到了回乡的日子",
    "leave_again": "登记已返回工作地",
    "outstay": "回乡超过预计日期",
    "plan_meeting": "安排返乡活动",
    "note_came": "登记返乡活动到场",
    "call_off": "取消返乡活动",
    "make_keys": "生成互通钥匙",
    "open_peer": "登记对方平台",
    "close_peer": "停用对方平台",
    "take_message": "收到对方平台的消息",
    "resend_message": "重送给对方平台的消息",
    "settle_message": "处理对方平台不能办的消息",
    "welcome": "录入对方平台移交的党员",
    "break_glass": "紧急查看",
    "close_glass": "结束紧急查看",
    "look_up_failed": "查找未果",
    "read_audit": "查阅审计",
    "found": "设立组织",
    "add_company": "登记企业",
    "add_workplace": "登记企业的服务范围",
    "close_company": "停用企业",
    "renew_poster": "更换企业海报",
    "switch_referrals": "开启或关闭观察员推荐",
    "register_found": "登记发现的党员",
    "confirm_found": "确认发现的党员",
    "deny_found": "答复不是此人",
    "answer_found": "登记外地对发现的答复",
    "climb_found": "发现逾期未核实，报上级",
    "settle_found": "发现已由别处办结",
    "change_ladder": "改报到提醒步骤",
    # Until ladders had versions; the audit keeps what was written then.
    "change_step": "改督促步骤",
    "change_organization": "调整组织",
    "choose_successor": "选定拆分区划的归属",
    "go_live": "启用新版区划",
    "roll_back": "退回新版区划",
    "serve_area": "登记服务范围",
    "open_station": "设立站点",
    "picture_station": "更换站点照片",
    "take_in": "读入全国系统名册",
    "confirm_intake": "确认名册导入",
    "finish_intake": "名册导入完成",
    "discard_intake": "放弃名册导入",
    "purge_rows": "到期清理待核对的名册",
    "enrol_many": "按全国系统录入名册",
    "amend": "按全国系统更正信息",
    "move_member": "按全国系统变更党支部",
    "answer_gone": "写明不在全国名册的原因",
    "take_rejected": "下载名册导入的退回清单",
    "absorb": "并入另一条登记",
    "give_back": "撤销并入",
    "merge_members": "合并重复登记",
    "undo_merge": "撤销合并登记",
    "dismiss_pair": "认定不是同一人",
}
PURPOSES = {
    "reorganize": "组织分设时选人",
    "desk": "看待办",
    "case": "看一人一档",
    "window": "窗口核对本人",
    "list": "看名单",
    "search": "查找",
    "roster": "看名册",
    "compare": "核对名册导入",
    "found": "核实发现的党员",
    "rights": "办理权利申请",
    "raised": "看下级逾期未办",
    "transfer": "看转接建议",
    "gathering": "看同乡流动党员",
    "founding": "看设立流动党员党支部",
    "join": "看加入党支部的邀请",
    "festival": "看春节返乡",
    "festival_hosted": "看回乡的在管党员",
    "meeting": "看返乡活动",
    "print_meeting": "打印返乡活动名单",
    "homecoming": "办理返回",
    "depart_again": "办理再次外出",
    "lost": "看失联关注",
    "lost_case": "看查找情况",
    "exempt": "登记不作硬性要求",
    "dossier": "看失联材料",
    "letter": "看联系函",
    "credential": "打印活动证",
    "arrival_slip": "打印报到回执",
    "contact_card": "打印联心卡",
    "letters": "看联系函清单",
    "print_paper_code": "打印纸质登录码",
    "break_glass": "紧急查看",
}
KINDS = {
    "member": "党员",
    "user": "账号",
    "journey": "流动记录",
    "organization": "党组织",
    "break_glass": "紧急查看",
    "appointment": "任命",
    "export": "导出",
    "letter": "联系函",
    "meeting": "返乡活动",
    "peer": "对方平台",
    "identity": "互通钥匙",
    "message": "给对方平台的消息",
    "audit": "审计记录",
    "key": "密钥",
    "rule": "保存期限规则",
    "gathering": "同乡建议",
    "founding": "设立党支部",
    "intake": "名册导入",
    "pair": "疑似重复",
    "demo": "演示数据",
    "period": "办理期限",
    "ladder": "报到提醒步骤",
    "generation": "区划版本",
    "finding": "摸排登记",
    "referral": "等待本人确认的登记",
    "delivery": "入职名单",
    "reminder_step": "提醒步骤",
}
# Who acts without being a person, and what has a name instead of a number.
SYSTEMS = {
    "system:clock": "系统（定时）",
    "system:setup": "系统（安装）",
    "system:shell": "服务器命令行",
    "system:demo": "演示数据",
    "system:poster": "扫企业海报的人",
}
STREAM_WORDS = {"audit:entry": "操作记录", "audit:access": "查看记录"}


@dataclass(frozen=True)
class Filters:
    """Which rows an auditor asks for."""

    stream: str
    day: date | None
    verb: str
    organization: int | None
    before: int | None


@dataclass(frozen=True)
class Line:
    """One deed or one look."""

    number: int
    at: datetime
    who: str
    what: str
    whom: str
    organization_id: int | None
    organization: str
    detail: str


@dataclass(frozen=True)
class Page:
    """One page, where the older rows go on, and up to where the chain is sealed."""

    lines: tuple[Line, ...]
    older: int | None
    seal: Seal | None


def read_filters(sent: Any) -> Filters:
    """Read the filters of the address; what makes no sense filters nothing."""
    stream = sent.get("stream", "entry")
    return Filters(
        stream if stream in STREAMS else "entry",
        _day(sent.get("day", "")),
        sent.get("verb", "")[:64],
        _number(sent.get("organization", "")),
        _number(sent.get("before", "")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _organizations(actor: Actor, wanted: int | None) -> QuerySet[Organization, int]:
    """Select the organisations this auditor may look into: his subtrees, or one of theirs."""
    scope = Q(pk__in=[])
    for seat in actor.seats_for(Power.AUDIT):
        scope |= under("path", seat.path)
    rows = Organization.objects.filter(scope)
    return (rows.filter(pk=wanted) if wanted is not None else rows).values_list("pk", flat=True)


def _top(filters: Filters) -> int:
    """Return the id the page begins below; for a day long ago the seals tell where it lies."""
    if filters.before is not None:
        return filters.before
    if filters.day:
        end = datetime.combine(filters.day + timedelta(days=1), time(), SHANGHAI)
        seal = Seal.objects.filter(stream=filters.stream, last_at__gte=end).order_by("number").first()
        if seal:
            return seal.last_id + 1
    return (STREAMS[filters.stream].objects.aggregate(last=Max("id"))["last"] or 0) + 1


def page_of(actor: Actor, filters: Filters) -> Page:
    """Read one page of this auditor's subtree in at most six queries."""
    top = _top(filters)
    low = max(0, top - WINDOW)
    rows: QuerySet[Any] = STREAMS[filters.stream].objects.filter(id__lt=top, id__gte=low)
    rows = rows.filter(organization_id__in=_organizations(actor, filters.organization))
    if filters.day:
        start = datetime.combine(filters.day, time(), SHANGHAI)
        rows = rows.filter(at__gte=start, at__lt=start + timedelta(days=1))
    if filters.verb:
        rows = rows.filter(**{"verb" if filters.stream == "entry" else "purpose": filters.verb})
    found = list(rows.order_by("-id")[: PAGE + 1])
    older = found[PAGE - 1].pk if len(found) > PAGE else (low or None)
    seal = Seal.objects.filter(stream=filters.stream).order_by("-number").first()
    return Page(tuple(_lines(found[:PAGE])), older, seal)


def _lines(rows: Sequence[Entry | AccessLog]) -> Iterable[Line]:
    """Say each row: officials by name, members by their number only."""
    codes = {row.actor if isinstance(row, Entry) else row.viewer for row in rows}
    codes |= {row.subject for row in rows if isinstance(row, Entry)}
    names = names_of(code for code in codes if not code.startswith("member:"))
    ids = {row.organization_id for row in rows if row.organization_id is not None}
    places = dict(Organization.objects.filter(pk__in=ids).values_list("pk", "short_name"))
    for row in rows:
        is_deed = isinstance(row, Entry)
        who, whom = (row.actor, row.subject) if isinstance(row, Entry) else (row.viewer, row.person)
        yield Line(
            number=row.pk,
            at=row.at,
            who=said(who, names),
            what=DEEDS.get(row.verb, row.verb) if isinstance(row, Entry) else _purpose(row.purpose),
            whom=said(whom, names),
            organization_id=row.organization_id,
            organization=places.get(row.organization_id or 0, ""),
            detail=_detail(row.details) if is_deed and isinstance(row, Entry) else "",
        )


def said(code: str, names: dict[str, str]) -> str:
    """Say who or what a code is: a name for officials, a number for everything else."""
    known = SYSTEMS.get(code) or names.get(code) or STREAM_WORDS.get(code)
    if known:
        return known
    kind, _, number = code.partition(":")
    if number in PERIOD_LABELS:
        return PERIOD_LABELS[number]
    return f"{KINDS.get(kind, kind)} 编号 {number}" if number.isdigit() else KINDS.get(kind, kind)


def _purpose(purpose: str) -> str:
    if purpose.startswith("move:"):
        verb = purpose.removeprefix("move:")
        return f"办理：{DEEDS.get(verb, verb)}"
    return PURPOSES.get(purpose, purpose)


def _detail(details: dict[str, Any]) -> str:
    """Say the codes of a deed that a reader understands: the duty, the days, a new period."""
    role = details.get("role")
    words = [ROLE_LABELS[Role(role)]] if role in set(Role) else []
    if details.get("until"):
        words.append(f"到 {details['until']}")
    if details.get("from_on"):
        words.append(f"{details['from_on']} 起为 {details.get('value')}")
    return "，".join(words)
