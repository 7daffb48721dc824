"""Who is asking, and at which organisations he may do what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from hongyan.members.models import Appointment, BreakGlass, Member, User
from hongyan.members.roles import POWERS, RELATIONS, Power, Reach, Relation, Role
from hongyan.organizations import paths


def relation(mine: str, other: str) -> Relation:
    """Tell how the organisation at one path stands to mine, by the tree alone."""
    if mine and mine == other:
        return Relation.OWN
    if paths.covers(mine, other):
        return Relation.BELOW
    return Relation.ABOVE if paths.covers(other, mine) else Relation.UNRELATED


@dataclass(frozen=True)
class Seat:
    """One appointment valid now: the organisation somebody may act for, and as what."""

    role: Role
    organization_id: int
    path: str
    name: str


@dataclass(frozen=True)
class Actor:
    """Who is asking: an official with his seats, a member for himself, or the clock."""

    code: str
    name: str = ""
    seats: tuple[Seat, ...] = ()
    member_id: int | None = None
    user_id: int | None = None
    # Members somebody has opened in an emergency, for reading only; see `members.models.BreakGlass`.
    opened: frozenset[int] = frozenset()

    @property
    def is_peer(self) -> bool:
        """Tell whether a neighbouring installation speaks for those it is home to."""
        return self.code.startswith("peer:")

    def seats_for(self, power: Power) -> tuple[Seat, ...]:
        """Return the seats that give this power."""
        return tuple(seat for seat in self.seats if power in POWERS[seat.role])

    def seat_reaching(self, power: Power, reach: Reach, path: str) -> Seat | None:
        """Return the nearest seat that gives this power and reaches this organisation, by RELATIONS."""
        reached = RELATIONS[reach]
        able = [seat for seat in self.seats_for(power) if relation(seat.path, path) in reached]
        return max(able, key=lambda seat: len(seat.path), default=None)

    def seat_at(self, power: Power, path: str) -> Seat | None:
        """Return the seat that gives this power at exactly this organisation."""
        return self.seat_reaching(power, Reach.OWN, path)

    def seat_over(self, power: Power, path: str) -> Seat | None:
        """Return the nearest seat that gives this power at this organisation or one above it."""
        return self.seat_reaching(power, Reach.DOWN, path)

    @property
    def visible_paths(self) -> tuple[str, ...]:
        """List the subtrees this person may look into."""
        return tuple({seat.path for seat in self.seats_for(Power.SEE)})


SYSTEM_LABELS = {"system:clock": "系统", "system:setup": "系统", "system:poster": "本人扫码"}
# Who acts from outside: the holder of a letter, a neighbouring installation. They have no account here.
OUTSIDE_LABELS = {"letter": "收函单位", "peer": "对方平台"}
CLOCK = Actor(code="system:clock", name=SYSTEM_LABELS["system:clock"])


def official(user: User, on: date, at: datetime | None = None) -> Actor:
    """Build the actor of an official from his appointments of this day, and whom he has open at `at`."""
    rows = Appointment.objects.valid(on).filter(user=user, organization__closed_at=None)
    seats = tuple(
        Seat(Role(row.role), row.organization_id, row.organization.path, row.organization.short_name)
        for row in rows.select_related("organization").order_by("organization__path", "role")
    )
    opened = _opened(user.pk, at) if at and any(Power.BREAK_GLASS in POWERS[s.role] for s in seats) else ()
    return Actor(f"user:{user.pk}", user.name, seats, user_id=user.pk, opened=frozenset(opened))


def _opened(user_id: int, at: datetime) -> Iterable[int]:
    """Read whom somebody has open; only those who have the power pay for the question."""
    rows = BreakGlass.objects.filter(user_id=user_id, closed_at=None, opened_at__lte=at, expires_at__gt=at)
    return rows.order_by("pk").values_list("member_id", flat=True)[:1]


def himself(member: Member) -> Actor:
    """Build the actor of a member who acts for himself."""
    return Actor(code=f"member:{member.pk}", name=member.name, member_id=member.pk)


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Look up the display names of actor codes, in two queries at most."""
    wanted = set(codes)
    ids: dict[str, set[int]] = {"user": set(), "member": set()}
    for code in wanted:
        kind, _, number = code.partition(":")
        if kind in ids and number.isdigit():
            ids[kind].add(int(number))
    names = {code: label for code, label in SYSTEM_LABELS.items() if code in wanted}
    names |= {
        code: OUTSIDE_LABELS[kind] for code in wanted if (kind := code.partition(":")[0]) in OUTSIDE_LABELS
    }
    if ids["user"]:
        names |= {
            f"user:{pk}": name
            for pk, name in User.objects.filter(pk__in=ids["user"]).values_list("pk", "name")
        }
    if ids["member"]:
        found = Member.objects.filter(pk__in=ids["member"]).values_list("pk", "name")
        names |= {f"member:{pk}": name for pk, name in found}
    return names
