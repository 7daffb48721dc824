"""What stands on the stage of the matrix: the cast, those who no longer belong, and one case in every state?"""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie

import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.signing import TimestampSigner
from django.test import Client

from hongyan.journeys import actions
from hongyan.journeys.links import token_for
from hongyan.journeys.models import Journey
from hongyan.journeys.states import CloseReason
from hongyan.members.actions import enrol, issue_token, revoke_token
from hongyan.members.models import ApiToken, Appointment, Member, Sex
from hongyan.notifications.models import Channel, Notice, State
from hongyan.organizations.models import Organization, Station
from hongyan.privacy.actions import ask_correction, consent
from hongyan.privacy.actions.exporting import Asked, ask_export
from hongyan.privacy.exports import Export, ExportPurpose
from hongyan.privacy.models import Purpose
from hongyan.privacy.policy import consent_texts
from hongyan.web.accounts.invitations import invitation_path
from hongyan.web.middleware import MEMBER as BY_LINK
from tests.web.matrix import areas, people
from tests.web.matrix.browser import Browser
from tests.web.matrix.duties import BEFORE, appoint_all, dismiss, open_people
from tests.web.matrix.people import DEAD_TOKENS, PEOPLE
from tests.web.signing_in import sign_in
from tests.world import LIBERATION_MIDDLE, NOW, SETUP, TODAY, World, arrival, build_world, came_home

STREET, WRONG_COMMUNITY = "620102016", "620102016001"

# Names that occur nowhere else, one for each case; the last two have no case.
NAMES = {
    "planned": "嵇云岫",
    "awaiting": "宓青禾",
    "found": "邝朔野",
    "dispatching": "逄松年",
    "offered": "佘望舒",
    "hosted": "缪长庚",
    "relocating": "郦弈秋",
    "returning": "栾惊蛰",
    "closed": "翦霜降",
    "roster": "卞谷雨",
    "other_member": "夔立冬",
}


def phone_of(key: str) -> str:
    """Return the canary phone number of a member of the stage."""
    return f"1007{list(NAMES).index(key):03d}6829"


def id_number_of(key: str) -> str:
    """Return the canary ID number of a member of the stage; no checksum yields its letter."""
    return f"6206211957{list(NAMES).index(key):03d}8351B"


def address_of(key: str) -> str:
    """Return the canary address a member of the stage has written."""
    return f"{NAMES[key][1:]}巷{list(NAMES).index(key) + 731}号院"


@dataclass
class Stage:
    """Everybody and everything the matrix walks with."""

    world: World
    members: dict[str, Member] = field(default_factory=dict)
    journeys: dict[str, Journey] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    one: Client = field(default_factory=lambda: Browser(raise_request_exception=False))
    links: dict[str, str] = field(default_factory=dict)
    # By the name a door's thing has: the number in its address.
    numbers: dict[str, int] = field(default_factory=dict)

    def organization(self, key: str) -> Organization:
        """Return an organisation by its key."""
        return self.world[key]

    def member_behind(self, person: str, case: str) -> Member | None:
        """Return the member a person is: "himself" is whoever the case is about."""
        if person == "himself":
            return self.members[case if case in self.members else "hosted"]
        if person == "link_holder":
            return self.members["awaiting"]
        return self.members["other_member"] if person == "other_member" else None

    def viewer(self, person: str, case: str) -> str:
        """Return the code under which a look of this person is remembered; empty for a stranger."""
        member = self.member_behind(person, case)
        if member:
            return f"member:{member.pk}"
        user = self.world.users.get(person)
        return f"user:{user.pk}" if user else ""

    def enter_all(self) -> None:
        """Sign everybody in who can be; what a request writes is given up, a session must not be."""
        for member in self.members.values():
            self.clients[f"member:{member.pk}"] = sign_in(Client(), member, fresh=True)
            self.clients[f"member:{member.pk} stale"] = sign_in(Client(), member)
        for user in self.world.users.values():
            self.clients[f"user:{user.pk}"] = sign_in(Client(), user, fresh=True)
            self.clients[f"user:{user.pk} stale"] = sign_in(Client(), user)
        by_link = Client()
        session = by_link.session
        session[BY_LINK] = self.members["awaiting"].pk
        session.save()
        by_link.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
        self.clients["link_holder"] = self.clients["link_holder stale"] = by_link

    def browser(self, person: str, case: str, *, stale: bool = False) -> Client:
        """Return the one browser, in which now this person is signed in as on the first day.

        One for everybody: each new one would read the whole list of static files again.
        """
        who = person if person == "link_holder" else self.viewer(person, case) if person else ""
        kept = self.clients.get(f"{who} stale" if stale else who)
        self.one.cookies = SimpleCookie()
        for name, morsel in kept.cookies.items() if kept else ():
            self.one.cookies[name] = morsel.value
        return self.one


def _enrol(stage: Stage) -> None:
    for key, name in NAMES.items():
        branch = "next_village" if key == "other_member" else "village"
        stage.members[key] = enrol(
            name=name,
            sex=Sex.MALE,
            branch=stage.world[branch],
            phone=phone_of(key),
            id_number=id_number_of(key),
            by=SETUP,
            at=BEFORE,
            occupation="农民",
        )
        stage.world.members[key] = stage.members[key]


def _agree(stage: Stage) -> None:
    """Let one member limit the use of his particulars, and one agree to be called by the desk before it accepts."""
    Member.objects.filter(pk=stage.members[people.RESTRICTED].pk).update(
        restricted_at=BEFORE, restricted_by=SETUP
    )
    purpose = Purpose.PHONE_BEFORE_ACCEPTANCE
    member, version = stage.members[people.REACHABLE], consent_texts()[purpose].version
    consent(member=member, purpose=purpose, version=version, by=f"member:{member.pk}", at=BEFORE)


def _secure(stage: Stage) -> None:
    """Give one official a second factor, and two an invitation, of whom one leaves the service before he uses it."""
    user = stage.world.users["village_secretary"]
    factor = TOTP.activate(user, generate_totp_secret()).instance
    stage.numbers["account village_secretary"] = factor.pk
    for key in ("without_duty", "dismissed"):
        stage.links[key] = invitation_path(stage.world.users[key]).split("/")[2]


def _mark(stage: Stage, case: str) -> Journey:
    departs_on = TODAY + timedelta(days=3) if case == "planned" else BEFORE.date()
    return actions.mark(
        member=stage.members[case],
        by=stage.world.actor("village_secretary"),
        at=BEFORE,
        departs_on=departs_on,
        destination="620102",
        destination_text=address_of(case),
        talk_on=BEFORE.date(),
    )


def _walk(stage: Stage, case: str, journey: Journey) -> Journey:
    """Walk the real actions until a case stands where the oracle says it does."""
    world, me, home = stage.world, stage.world.actor(case), stage.world.actor("village_secretary")
    if case in ("planned", "awaiting"):
        return journey
    if case == "found":
        return actions.find(journey=journey, by=world.actor("window_clerk"), at=BEFORE)
    text = address_of(case)
    if case == "dispatching":
        return actions.check_in(journey=journey, arrival=arrival(STREET, "B", text=text), by=me, at=BEFORE)
    if case == "offered":
        journey = actions.check_in(
            journey=journey, arrival=arrival(WRONG_COMMUNITY, text=text), by=me, at=BEFORE
        )
        wrong, right = world.actor("other_community_secretary"), world["tianshui_south"]
        return actions.redirect(journey=journey, target=right, note="住在对面", by=wrong, at=BEFORE)
    journey = actions.check_in(journey=journey, arrival=arrival(text=text), by=me, at=BEFORE)
    journey = actions.accept(
        journey=journey,
        by=world.actor("community_secretary"),
        at=BEFORE,
        caretaker=world.users["caretaker"],
        party_group="第三党小组",
    )
    if case == "hosted":
        return journey
    if case == "relocating":
        return actions.relocate(
            journey=journey, arrival=arrival(LIBERATION_MIDDLE, text=text), by=me, at=BEFORE
        )
    journey = actions.start_return(journey=journey, by=me, at=BEFORE)
    if case == "returning":
        return journey
    journey = came_home(world, journey, BEFORE)
    return actions.end(journey=journey, by=home, at=BEFORE, reason=CloseReason.RETURNED)


def _link(stage: Stage) -> None:
    """Sign links: valid ones of several cases, and one of each kind that must open nothing."""
    for case in ("awaiting", "dispatching", "hosted", "closed"):
        stage.links[f"valid:{case}"] = token_for(stage.journeys[case])
    awaiting = stage.journeys["awaiting"]
    whole = stage.links["valid:awaiting"]
    stage.links["forged:"] = whole[:-4] + ("AAAA" if whole[-4:] != "AAAA" else "BBBB")
    other = TimestampSigner(salt="another-salt").sign(f"{awaiting.pk}-{awaiting.link_serial}")
    stage.links["forged:salt"] = other
    with time_machine.travel(NOW - timedelta(days=400), tick=False):
        stage.links["expired:awaiting"] = token_for(awaiting)
    stage.links["replaced:awaiting"] = TimestampSigner(salt="journey-link").sign(
        f"{awaiting.pk}-{awaiting.link_serial + 1}"
    )


def _issue(stage: Stage) -> None:
    """Give everybody with an account a token, and make those that must open nothing."""
    users = stage.world.users
    for key, user in users.items():
        stage.tokens[key] = issue_token(user=user, name="matrix", days=90, by=SETUP, at=NOW)
    # What opens nothing belongs to somebody who may do much.
    boss = users["province_department"]
    stage.tokens["revoked_token"] = issue_token(user=boss, name="old", days=90, by=SETUP, at=NOW)
    revoke_token(token=ApiToken.objects.get(name="old"), by=SETUP, at=NOW)
    stage.tokens["expired_token"] = issue_token(
        user=boss, name="past", days=1, by=SETUP, at=NOW - timedelta(days=2)
    )
    stage.tokens["unknown_token"] = "hy_" + "A" * 43
    assert set(DEAD_TOKENS) - {"no_token"} <= set(stage.tokens)


def _people_are_those_of_the_oracle(stage: Stage) -> None:
    """Make sure that both speak of the same people, places and states."""
    for key, held in PEOPLE.items():
        assert isinstance(held, str) or key in stage.world.users, key
    for key, above in people.ABOVE.items():
        parent = stage.world[key].parent
        assert (parent.code if parent else "") == above, key
    for case, stands in people.CASES.items():
        row = Journey.objects.select_related("home", "holder", "host").get(pk=stage.journeys[case].pk)
        assert (row.home.code, row.holder.code) == (stands["home"], stands["desk"]), case
        assert (row.host.code if row.host else "") == stands.get("host", ""), case


def _ask(stage: Stage) -> None:
    """Let a member ask for a correction, and officials for lists; remember the numbers of it all."""
    asked = ask_correction(
        member=stage.members["roster"],
        field="education",
        value="大专",
        by=stage.world.actor("roster"),
        at=BEFORE,
    )
    stage.numbers["rights village"] = asked.pk
    for key, (asker, place) in people.EXPORTS.items():
        many = 3000 if key == "large" else 3
        wanted = Asked(stage.world[place], f"organization={stage.world[place].pk}", many, 0)
        row = ask_export(
            key=uuid.uuid4().hex,
            asked=wanted,
            purpose=ExportPurpose.values[0],
            words="年度核对",
            by=stage.world.actor("community_secretary" if key == "former" else asker),
            at=NOW,
        )
        stage.numbers[f"exports {key}"] = row.pk
    former = stage.world.actor("caretaker").code
    Export.objects.filter(pk=stage.numbers["exports former"]).update(asked_by=former)
    for key in ("window_clerk", "village_secretary"):
        stage.numbers[f"appointments {key}"] = Appointment.objects.get(user=stage.world.users[key]).pk
        stage.numbers[f"tokens {key}"] = ApiToken.objects.get(user=stage.world.users[key]).pk
    stage.numbers["stations tianshui_south"] = Station.objects.get().pk


def notice_of(organization: Organization) -> Notice:
    """Return an unread notice to an organisation."""
    rows = Notice.objects.filter(recipient=f"organization:{organization.pk}", channel=Channel.APP)
    return rows.filter(state=State.SENT, read_at=None).order_by("pk")[0]


def build_stage() -> Stage:
    """Build the stage through the real actions, inside a transaction its caller gives up afterwards."""
    stage = Stage(build_world())
    _enrol(stage)
    appoint_all(stage)
    for case in people.CASES:
        stage.journeys[case] = _walk(stage, case, _mark(stage, case))
        stage.journeys[case].refresh_from_db()
    _link(stage)
    open_people(stage)
    _issue(stage)
    _agree(stage)
    for module in areas.stages():
        module.set_up(stage)
    # Last: whose news are no business of others must be among the newest.
    _ask(stage)
    stage.enter_all()
    dismiss(stage)
    _secure(stage)
    _people_are_those_of_the_oracle(stage)
    return stage
