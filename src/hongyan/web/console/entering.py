"""Who can be tried in a demo, one card per role of the story; and what finds who works nowhere now?"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hongyan.members import roles
from hongyan.members.actions import own_account
from hongyan.members.models import Appointment, Member, User
from hongyan.members.permissions import Actor
from hongyan.web.calling import contact_of


@dataclass(frozen=True)
class Role:
    """One card: the account behind it, what it is called, and what it does in the story."""

    account: str
    title: str
    does: str


# In the order of the story. The accounts are those of the demo; `member:` is followed by a credential number.
STORY = (
    Role("village_secretary", "村支部书记", "把要外出的党员标记流出，谈话、联系、接他回来"),
    Role("member:DEMO-traveller", "流动党员", "在手机上一键报到，认识微管家"),
    Role("minqin_department", "县委组织部（流出地）", "看全县流出情况，联系外地、登记回执"),
    Role("chengguan_department", "区委组织部（流入地）", "只能确定到县区的，由这里分到街道"),
    Role("street_organiser", "街道党工委", "把报到的党员分办到社区"),
    Role("community_secretary", "社区书记", "接收纳管，编入小组，指定微管家"),
    Role("window_clerk", "服务窗口", "为不会用手机的党员代办报到"),
    Role("caretaker", "微管家", "每月联系自己照应的流动党员"),
    Role("liberation_secretary", "另一社区书记", "一名外县党员已报到，等着接收"),
    Role("liaison_secretary", "驻外联络站", "兜底接收在外地常换地方的党员"),
    Role("pingliang_liaison", "驻兰流动党员党支部", "依托驻兰办和商会服务老乡党员"),
    Role("park_secretary", "园区党支部", "按工作单位优先接收园区企业的党员"),
    Role("observer", "企业观察员", "发现新入职党员，引导他自己来报到"),
    Role("chemical_secretary", "化工园区党支部", "管单位的海报，接收扫码报到的党员"),
    Role("lanzhou_department", "市委组织部", "看全市流入流出，裁定跨区的去向"),
    Role("province_department", "省委组织部", "看全省流出流入、地图和流向"),
    Role("auditor", "审计员", "看谁办了什么、谁查了谁，不见姓名"),
)


@dataclass(frozen=True)
class SignInCard:
    """One card as it is shown."""

    account: str
    title: str
    does: str
    name: str
    organization: str


def cards() -> list[SignInCard]:
    """List the cards whose account exists, in the order of the story."""
    users = {
        user.username: user
        for user in User.objects.filter(username__in=[role.account for role in STORY], is_active=True)
        .prefetch_related("appointments__organization")
        .order_by("pk")
    }
    numbers = [role.account.partition(":")[2] for role in STORY]
    members = {
        f"member:{member.credential_number}": member
        for member in Member.objects.filter(credential_number__in=[text for text in numbers if text])
        .select_related("branch")
        .order_by("pk")
    }
    return [
        card for role in STORY if (card := _card(role, users.get(role.account), members.get(role.account)))
    ]


def _card(role: Role, user: User | None, member: Member | None) -> SignInCard | None:
    if user:
        at = next((row.organization.short_name for row in user.appointments.all()), "")
        return SignInCard(role.account, role.title, role.does, user.name, at)
    if member:
        # Nobody has signed in yet: the page names no member, not even an invented one.
        return SignInCard(role.account, role.title, role.does, "", member.branch.short_name)
    return None


def person(account: str, at: datetime) -> User | None:
    """Find the account a card signs in with; None for no such card."""
    if account not in {role.account for role in STORY}:
        return None
    if account.startswith("member:"):
        member = Member.objects.filter(credential_number=account.removeprefix("member:")).first()
        return own_account(member=member, at=at) if member else None
    return User.objects.filter(username=account, is_active=True).first()


def observes(actor: Actor | None) -> bool:
    """Tell whether somebody observes, and does nothing else."""
    if not actor or actor.visible_paths:
        return False
    return any(seat.role == roles.Role.OBSERVER for seat in actor.seats)


def without_seat(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Tell an official that he holds no duty now, which he held last, and whom to ask."""
    on = timezone.localdate()
    duties = Appointment.objects.filter(user_id=actor.user_id or 0).select_related("organization")
    over = [duty for duty in duties.order_by("-from_on", "-pk") if duty.from_on <= on]
    coming = duties.filter(from_on__gt=on, revoked_at=None).order_by("from_on", "pk").first()
    last = over[0] if over else None
    context = {
        "last": last,
        "coming": coming,
        # Whoever was dismissed is not the one to call about it: his successor is, or the desk's number.
        "whom": contact_of(last.organization, on) if last else None,
    }
    return render(request, "console/entry/no_seat.html", context)
