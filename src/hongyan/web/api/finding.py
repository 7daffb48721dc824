"""Which journey, member, organisation or official does a request mean, among those its sender may name?"""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from hongyan.exchange.models import Peer
from hongyan.journeys.models import Journey
from hongyan.journeys.reading import glance
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.members.actions.breaking_glass import note_failed_look_up
from hongyan.members.models import Member, User
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.members.sealing import id_number_hashes, normal_phone, phone_hashes
from hongyan.organizations.models import Organization
from hongyan.web.api.bodies import LARGEST_ID, Person, Whom
from hongyan.web.api.problems import Problem, wrong_field
from hongyan.web.console.counter import member_at_counter, open_journey
from hongyan.web.guards import actor_of
from hongyan.web.seen import seen

_READ = ("member", "home", "host", "holder")


def journey_to_read(request: HttpRequest, journey_id: int) -> Journey:
    """Fetch a journey this actor may see with everything a page about it shows; else 404."""
    journeys = Journey.objects.select_related(*_READ).filter(pk=journey_id)
    journey = journeys.visible_to(actor_of(request)).first()
    if journey is None:
        raise Problem(404, "not_found")
    return journey


def journey_of(request: HttpRequest, journey_id: int, person: Person | None = None) -> Journey:
    """Fetch a journey this actor may move, or the one of the person who stands at his counter; else 404.

    It comes by itself: the move reads it again, with all that belongs to it, under its transaction.
    """
    actor = actor_of(request)
    journey = glance(journey_id, actor)
    if journey is None and person is not None:
        met = at_counter(actor, person)
        journey = met if met is not None and met.pk == journey_id else None
    if journey is None:
        raise Problem(404, "not_found")
    return journey


def at_counter(actor: Actor, person: Person) -> Journey | None:
    """Find the open journey of somebody at the counter, by the rule of the page: name and number both his."""
    if not actor.seats_for(Power.ASSIST):
        return None
    member = member_at_counter(person.phone or person.id_number or "", person.name)
    if member is None:
        note_failed_look_up(by=actor, power=Power.ASSIST, at=timezone.now())
    journey = open_journey(member) if member else None
    if journey is not None:
        seen(actor, [journey.member_id], "服务窗口核对本人（接口）")
    return journey


def _numbered(whom: Whom) -> QuerySet[Member]:
    """Select the members a number or an id names."""
    if whom.id is not None:
        return Member.objects.filter(pk=whom.id)
    if whom.id_number is not None:
        return Member.objects.filter(id_number_hash__in=id_number_hashes(whom.id_number))
    # Without a digit it is no number, and must not mean everybody who has none.
    phone = normal_phone(whom.phone or "")
    return Member.objects.filter(phone_hash__in=phone_hashes(phone)) if phone else Member.objects.none()


def member_of(actor: Actor, whom: Whom) -> Member:
    """Find a member of the branches this actor marks for; whoever is not theirs is refused like nobody."""
    found = _numbered(whom).select_related("branch").order_by("pk")
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


def peer_of(code: str) -> Peer:
    """Find a neighbouring installation by its code."""
    peer = Peer.objects.open().select_related("organization").filter(code=code).first()
    if peer is None:
        raise wrong_field("peer", "没有和这个平台互通")
    return peer


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
