"""Are duties handed out downwards only, never to oneself, never more than one has, and gone at once?"""

from datetime import timedelta

import pytest

from hongyan.audit.models import Entry
from hongyan.members.actions import register_user
from hongyan.members.actions.appointing import appoint, dismiss, extend
from hongyan.members.actions.inviting import register_and_appoint
from hongyan.members.models import Appointment, User
from hongyan.members.refusals import SENTENCES, Refused, Why
from hongyan.members.roles import HANDS_OUT, POWERS, Power, Role, hands_out_below
from hongyan.members.rules import leaves_desk_alone, roles_to_hand_out, why_not_approve, why_not_invite
from hongyan.notifications.models import Notice
from tests.world import NOW, SETUP, TODAY, World


def newcomer(name: str = "newcomer") -> User:
    return register_user(username=name, name="新来的", by=SETUP, at=NOW)


def _why(
    world: World, by: str, role: Role, where: str, user: User | None = None, **term: object
) -> Why | None:
    """Try to appoint and tell why it was refused."""
    dates = {"from_on": TODAY, **term}
    try:
        appoint(
            user=user or newcomer(f"n{User.objects.count()}"),
            role=role,
            organization=world[where],
            by=world.actor(by),
            at=NOW,
            **dates,  # type: ignore[arg-type]
        )
    except Refused as refused:
        return Why(refused.refusal.why)
    return None


@pytest.mark.parametrize(
    ("by", "role", "where", "expected"),
    [
        # Below: whatever can do no more than oneself.
        ("chengguan_department", Role.SECRETARY, "tianshui_south", None),
        ("chengguan_department", Role.DEPARTMENT, "tuanjie", None),
        ("chengguan_department", Role.AUDITOR, "tuanjie", None),
        # At one's own organisation: the table.
        ("chengguan_department", Role.WINDOW, "chengguan", None),
        ("chengguan_department", Role.DEPARTMENT, "chengguan", Why.NOT_YOURS_HERE),
        ("community_secretary", Role.CARETAKER, "tianshui_south", None),
        ("community_secretary", Role.SECRETARY, "tianshui_south", Why.NOT_YOURS_HERE),
        ("community_secretary", Role.AUDITOR, "tianshui_south", Why.NOT_YOURS_HERE),
        # Upwards, sideways, elsewhere: never.
        ("community_secretary", Role.OBSERVER, "tuanjie", Why.UPWARDS),
        ("community_secretary", Role.OBSERVER, "nation", Why.UPWARDS),
        ("community_secretary", Role.OBSERVER, "weiyuan_road", Why.OUTSIDE),
        ("chengguan_department", Role.WINDOW, "anning", Why.OUTSIDE),
        # Without the power: nothing.
        ("street_organiser", Role.WINDOW, "tianshui_south", Why.NO_APPOINTING),
        ("caretaker", Role.OBSERVER, "tianshui_south", Why.NO_APPOINTING),
        ("observer", Role.OBSERVER, "jingning_park", Why.NO_APPOINTING),
    ],
)
def test_who_hands_out_what_where(
    world: World, by: str, role: Role, where: str, expected: Why | None
) -> None:
    assert _why(world, by, role, where) == expected


def test_nobody_hands_out_more_than_he_has(world: World) -> None:
    town = newcomer("town_secretary")
    appoint(user=town, role=Role.SECRETARY, organization=world["tuanjie"], by=SETUP, at=NOW, from_on=TODAY)
    world.users["town_secretary"] = town
    assert _why(world, "town_secretary", Role.DEPARTMENT, "tianshui_south") == Why.MORE_THAN_YOURS
    assert _why(world, "town_secretary", Role.AUDITOR, "tianshui_south") == Why.MORE_THAN_YOURS
    for role in HANDS_OUT:
        gained = {power for other in hands_out_below(role) for power in POWERS[other]} - POWERS[role]
        # The one exception stands in the table: the department names those who audit it.
        assert gained <= {Power.AUDIT}


def test_never_to_oneself(world: World) -> None:
    me = world.users["chengguan_department"]
    assert _why(world, "chengguan_department", Role.WINDOW, "tianshui_south", me) == Why.NOT_ONESELF
    mine, actor = Appointment.objects.get(user=me), world.actor("chengguan_department")
    with pytest.raises(Refused, match="not_oneself"):
        dismiss(appointment=mine, by=actor, at=NOW)
    with pytest.raises(Refused, match="not_oneself"):
        extend(appointment=mine, until_on=None, by=actor, at=NOW)


def test_the_days_must_make_sense(world: World) -> None:
    by, role, where = "community_secretary", Role.WINDOW, "tianshui_south"
    day = timedelta(days=1)
    assert _why(world, by, role, where, from_on=TODAY - day) == Why.IN_THE_PAST
    assert _why(world, by, role, where, until_on=TODAY - day) == Why.DATES_REVERSED
    user = newcomer()
    assert _why(world, by, role, where, user, until_on=TODAY + day) is None
    assert _why(world, by, role, where, user, from_on=TODAY + day) == Why.ALREADY_APPOINTED
    assert _why(world, by, role, where, user, from_on=TODAY + 2 * day) is None


def test_only_a_working_account_of_an_open_organisation(world: World) -> None:
    gone, own = (
        newcomer("gone"),
        User.objects.create(username="own", member=world.members["chen"], created_at=NOW, created_by=SETUP),
    )
    User.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    by, where = "community_secretary", "tianshui_south"
    assert _why(world, by, Role.WINDOW, where, gone) == Why.USER_GONE
    assert _why(world, by, Role.WINDOW, where, own) == Why.MEMBERS_ACCOUNT
    world[where].closed_at = NOW
    assert _why(world, by, Role.WINDOW, where) == Why.ORGANIZATION_CLOSED


def test_a_duty_is_gone_from_the_next_look(world: World) -> None:
    row = Appointment.objects.select_related("organization", "user").get(user=world.users["caretaker"])
    by = world.actor("community_secretary")
    assert world.actor("caretaker").seats
    dismiss(appointment=row, by=by, at=NOW)
    assert world.actor("caretaker").seats == ()
    with pytest.raises(Refused, match="already_ended"):
        dismiss(appointment=Appointment.objects.get(pk=row.pk), by=by, at=NOW)
    # Somebody faster: the page was drawn before.
    with pytest.raises(Refused, match="already_ended"):
        dismiss(appointment=row, by=by, at=NOW)
    again = appoint(
        user=row.user, role=Role.CARETAKER, organization=row.organization, by=by, at=NOW, from_on=TODAY
    )
    assert world.actor("caretaker").seats
    extend(appointment=again, until_on=TODAY, by=by, at=NOW)
    with pytest.raises(Refused, match="ends_in_the_past"):
        extend(appointment=again, until_on=TODAY - timedelta(days=1), by=by, at=NOW)
    verbs = Entry.objects.filter(subject=f"user:{row.user_id}", actor=by.code).values_list("verb", flat=True)
    assert sorted(verbs) == ["appoint", "dismiss", "extend"]
    told = Notice.objects.filter(recipient=f"user:{row.user_id}").values_list("kind", flat=True)
    assert sorted(told) == ["appointed", "dismissed", "extended"]
    assert Notice.objects.filter(recipient=f"organization:{row.organization_id}", kind="dismissed").exists()


def test_a_seat_of_yesterday_hands_out_nothing(world: World) -> None:
    stale = world.actor("community_secretary")
    Appointment.objects.filter(user=world.users["community_secretary"]).update(
        until_on=TODAY - timedelta(days=1)
    )
    assert stale.seats
    assert _why(world, "community_secretary", Role.WINDOW, "tianshui_south") == Why.NO_APPOINTING


def test_only_the_set_up_is_asked_no_rule(world: World) -> None:
    user = newcomer()
    for forged in ("user:1", "system:clock", "system", ""):
        with pytest.raises(ValueError, match="actor"):
            appoint(
                user=user, role=Role.DEPARTMENT, organization=world["gansu"], by=forged, at=NOW, from_on=TODAY
            )
    assert not Appointment.objects.filter(user=user).exists()


def test_nobody_is_registered_for_a_duty_he_cannot_have(world: World) -> None:
    by = world.actor("community_secretary")
    fields = {"username": "ghost", "name": "无名", "by": by, "at": NOW, "from_on": TODAY}
    with pytest.raises(Refused, match="upwards"):
        register_and_appoint(role=Role.WINDOW, organization=world["tuanjie"], **fields)  # type: ignore[arg-type]
    assert not User.objects.filter(username="ghost").exists()
    made = register_and_appoint(role=Role.WINDOW, organization=world["tianshui_south"], **fields)  # type: ignore[arg-type]
    assert not made.user.has_usable_password()
    with pytest.raises(Refused, match="username_taken"):
        register_and_appoint(role=Role.CARETAKER, organization=world["tianshui_south"], **fields)  # type: ignore[arg-type]


def test_an_invitation_takes_over_no_higher_duty(world: World) -> None:
    """A newcomer of the province is also given a small duty here: his link is not for the community to read."""
    user = newcomer("of_the_province")
    appoint(user=user, role=Role.DEPARTMENT, organization=world["gansu"], by=SETUP, at=NOW, from_on=TODAY)
    by = world.actor("community_secretary")
    small = appoint(
        user=user, role=Role.WINDOW, organization=world["tianshui_south"], by=by, at=NOW, from_on=TODAY
    )
    assert why_not_invite(small, by, TODAY)
    plain = appoint(
        user=newcomer(), role=Role.WINDOW, organization=world["tianshui_south"], by=by, at=NOW, from_on=TODAY
    )
    assert why_not_invite(plain, by, TODAY) is None
    plain.user.set_password("long enough a secret")
    assert why_not_invite(plain, by, TODAY)


def test_the_last_one_at_a_desk_is_noticed(world: World) -> None:
    secretary = Appointment.objects.get(user=world.users["community_secretary"])
    assert leaves_desk_alone(secretary, TODAY)
    assert not leaves_desk_alone(Appointment.objects.get(user=world.users["window_clerk"]), TODAY)
    other = newcomer()
    appoint(
        user=other,
        role=Role.ORGANISER,
        organization=world["tianshui_south"],
        by=world.actor("community_secretary"),
        at=NOW,
        from_on=TODAY,
    )
    assert not leaves_desk_alone(secretary, TODAY)


def test_approval_is_another_persons(world: World) -> None:
    asked, path = world.actor("community_secretary"), world["tianshui_south"].path
    expected = {
        "community_secretary": Why.OWN_REQUEST,
        "chengguan_department": None,
        "province_department": None,
        "street_organiser": Why.NO_APPROVING,
        "other_community_secretary": Why.NO_APPROVING,
        "anning_department": Why.NO_APPROVING,
        "chen": Why.NO_APPROVING,
    }
    for who, why in expected.items():
        refusal = why_not_approve(asked.code, world.actor(who), path)
        assert (refusal.why if refusal else None) == why, who


def test_each_reason_has_its_sentence_and_says_what_to_do() -> None:
    assert set(SENTENCES) == set(Why)
    assert all(sentence.endswith("。") for sentence in SENTENCES.values())


def test_the_choices_are_what_the_rule_allows(world: World) -> None:
    by = world.actor("community_secretary")
    assert set(roles_to_hand_out(world["tianshui_south"], by)) == HANDS_OUT[Role.SECRETARY]
    assert roles_to_hand_out(world["tuanjie"], by) == ()
