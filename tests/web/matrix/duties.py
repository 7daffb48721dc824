"""Who holds which duty on the stage of the matrix, and who no longer does?"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hongyan.members import actions
from hongyan.members.models import Appointment, BreakGlass, User
from hongyan.members.roles import Role
from hongyan.organizations.actions import found
from hongyan.organizations.kinds import Kind, Tier
from hongyan.organizations.models import Organization
from tests.web.matrix.people import PEOPLE
from tests.world import NOW, SETUP, TODAY

if TYPE_CHECKING:
    from tests.web.matrix.stage import Stage

BEFORE = NOW - timedelta(days=2)


def make_user(stage: "Stage", key: str) -> User:
    user = actions.register_user(username=key, name=f"职员{key[:3]}", by=SETUP, at=BEFORE)
    stage.world.users[key] = user
    return user


def give(user: User, role: Role, organization: Organization, **rest: Any) -> Appointment:
    rest = {"from_on": TODAY - timedelta(days=30), **rest}
    return actions.appoint(user=user, role=role, organization=organization, by=SETUP, at=BEFORE, **rest)


def dissolve(stage: "Stage") -> None:
    """Found a branch that has been dissolved since; whoever led it leads nothing."""
    world = stage.world
    world.organizations["dissolved"] = found(
        code="dissolved",
        name="三雷镇已撤销的党支部",
        kind=Kind.BRANCH,
        tier=Tier.GRASSROOTS,
        parent=world["minqin_town"],
        division_id="620621100200",
        has_desk=True,
        by=SETUP,
        at=BEFORE,
    )
    # Its secretary leads the village too, as long as nobody looks whether the branch still stands.
    user = make_user(stage, "of_dissolved")
    give(user, Role.SECRETARY, world["dissolved"])
    Organization.objects.filter(code="dissolved").update(closed_at=BEFORE, closed_by=SETUP)


def former(stage: "Stage") -> None:
    """Appoint those whose duty has ended, was taken back, has not begun, or who left the service."""
    village = stage.world["village"]
    give(make_user(stage, "ended"), Role.SECRETARY, village, until_on=TODAY - timedelta(days=1))
    give(make_user(stage, "not_begun"), Role.SECRETARY, village, from_on=TODAY + timedelta(days=1))
    revoked = give(make_user(stage, "revoked"), Role.SECRETARY, village)
    Appointment.objects.filter(pk=revoked.pk).update(revoked_at=BEFORE, revoked_by=SETUP)
    make_user(stage, "without_duty")
    dismissed = make_user(stage, "dismissed")
    give(dismissed, Role.SECRETARY, village)


def dismiss(stage: "Stage") -> None:
    """Let somebody leave the service who was signed in until now."""
    user = stage.world.users["dismissed"]
    User.objects.filter(pk=user.pk).update(is_active=False)


def appoint_all(stage: "Stage") -> None:
    known = {"auditor", "two_duties", "two_places"}
    for key in sorted(known):
        user = make_user(stage, key)
        held = PEOPLE[key]
        assert not isinstance(held, str)
        for role, organization in held:
            give(user, Role(role), stage.world[organization])
    former(stage)
    dissolve(stage)


def open_people(stage: "Stage") -> None:
    """Let one person be opened in an emergency: now, and by others until it was closed, was over, or has not begun."""
    hour = timedelta(hours=1)
    since = {"opener": -hour, "opener_closed": -hour, "opener_over": -3 * hour, "opener_early": hour}
    for key, begins in since.items():
        user = make_user(stage, key)
        give(user, Role.DEPARTMENT, stage.world["jingning"])
        BreakGlass.objects.create(
            user=user,
            organization=stage.world["jingning"],
            member=stage.members["hosted"],
            reason="家中急事，联系不上本人",
            opened_at=NOW + begins,
            expires_at=NOW + begins + 2 * hour,
            closed_at=NOW if key == "opener_closed" else None,
        )
