"""Which journey, member, organisation or official does a request mean, among those its sender may name?"""

from django.http import HttpRequest

from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.members.models import Member, User
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.members.sealing import id_number_hash, phone_hash
from hongyan.organizations.models import Organization
from hongyan.web.api.bodies import LARGEST_ID, Person, Whom
from hongyan.web.api.problems import Problem, wrong_field
from hongyan.web.guards import actor_of
from hongyan.web.seen import seen

_READ = ("member", "home", "host", "holder")


def journey_of(request: HttpRequest, journey_id: int, person: Person | None = None) -> Journey:
    """Fetch a journey this actor may see, or the one of the person who stands at his counter; else 404."""
    actor = actor_of(request)
    journeys = Journey.objects.select_related(*_READ).filter(pk=journey_id)
    journey = journeys.visible_to(actor).first()
    if journey is None and person is not None:
        met = at_counter(actor, person)
        journey = met if met is not None and met.pk == journey_id else None
    if journey is None:
        raise Problem(404, "not_found")
    return journey


def at_counter(actor: Actor, person: Person) -> Journey | None:
    """Find the open journey of somebody at the counter: name and number must both be his, exactly."""
    if not actor.seats_for(Power.ASSIST):
        return None
    numbered = _numbered(person.phone, person.id_number)
    journeys = Journey.objects.open().filter(member__in=numbered, member__name=person.name)
    journey = journeys.select_related(*_READ).order_by("pk").first()
    if journey is not None:
        seen(actor, [journey.member_id], "服务窗口核对本人（接口）")
    return journey


def _numbered(phone: str | None, id_number: str | None) -> list[Member]:
    """Find the members who have a number."""
    if phone is not None:
        wanted = Member.objects.filter(phone_hash=phone_hash(phone))
    else:
        wanted = Member.objects.filter(id_number_hash=id_number_hash(id_number or ""))
    return list(wanted.select_related("branch").order_by("pk"))


def member_of(actor: Actor, whom: Whom) -> Member:
    """Find a member of the branches this actor marks for; whoever is not theirs is refused like nobody."""
    if whom.id is not None:
        found = list(Member.objects.filter(pk=whom.id).select_related("branch"))
    else:
        found = _numbered(whom.phone, whom.id_number)
    ours = [member for member in found if actor.seat_over(Power.MARK, member.branch_path)]
    if not ours:
        raise Refused(refuse(Why.MEMBER_NOT_HERE))
    if len(ours) > 1:
        raise wrong_field("member", "有多名党员使用这个号码，请改用公民身份号码")
    return ours[0]


def organization_of(reference: int | str, field: str) -> Organization:
    """Find an organisation by its id (a number) or its code (a text)."""
    wanted = {"pk": reference} if isinstance(reference, int) else {"code": reference}
    organization = Organization.objects.filter(**wanted).first()
    if organization is None:
        raise wrong_field(field, "没有这个组织，请用 GET /api/v1/organizations 查找它的编号或代码")
    return organization


def organization_at(reference: str) -> Organization:
    """Find the organisation an address names, by its code or else by its id; 404 when there is none."""
    organization = Organization.objects.filter(code=reference).first()
    is_id = reference.isascii() and reference.isdigit() and 0 < int(reference) <= LARGEST_ID
    if organization is None and is_id:
        organization = Organization.objects.filter(pk=int(reference)).first()
    if organization is None:
        raise Problem(404, "not_found")
    return organization


def caretaker_of(reference: int | str) -> User:
    """Find an official by his id (a number) or his user name (a text); nobody is refused like a stranger."""
    wanted = {"pk": reference} if isinstance(reference, int) else {"username": reference}
    user = User.objects.filter(is_active=True, **wanted).first()
    if user is None:
        raise Refused(refuse(Why.CARETAKER_NOT_HERE))
    return user
