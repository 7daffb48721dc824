"""How does the story come to stand where a newcomer meets it? Played through the real actions."""

from datetime import datetime, timedelta
from functools import cached_property

from hongyan.demo import found, gathering, spared, visits
from hongyan.demo.cast import MEMBERS as CAST
from hongyan.demo.cast import OFFICIALS, credential_of
from hongyan.demo.people import Registry
from hongyan.demo.scenes import AT_HOME, SCENES, VILLAGE, Scene, Step
from hongyan.demo.tree import Tree
from hongyan.exchange.actions import answer_letter, write_letter
from hongyan.exchange.actions.letters import Reply
from hongyan.exchange.models import Answer
from hongyan.geography.boundaries import amap
from hongyan.geography.calendar import SHANGHAI
from hongyan.geography.names import full_name
from hongyan.journeys import actions
from hongyan.journeys.areas import Arrival
from hongyan.journeys.models import Journey
from hongyan.members.actions import enrol
from hongyan.members.models import Member, User
from hongyan.members.permissions import Actor, himself, official
from hongyan.organizations.models import Organization

SETUP = "system:demo"
JOURNEYS = len(SCENES) + found.JOURNEYS + gathering.JOURNEYS
# Everybody with a case, the traveller nobody has marked yet, and the neighbours at home.
MEMBERS = len(SCENES) + 1 + AT_HOME + found.MEMBERS + gathering.MEMBERS
TIERS = {12: "A", 9: "A", 6: "B", 4: "C", 2: "D"}


class Director:
    """Plays scenes: knows who sits where and what the time is."""

    def __init__(self, tree: Tree, registry: Registry, now: datetime) -> None:
        self._tree = tree
        self._registry = registry
        self._now = now
        # Printed on the letter written last.
        self._code = ""

    @cached_property
    def _caretaker(self) -> User:
        return User.objects.get(username="caretaker")

    def _ago(self, hours: float) -> datetime:
        return self._now - timedelta(hours=hours)

    def organization(self, place: str) -> Organization:
        """Find the organisation of a place, or by its code."""
        node = self._tree.by_code.get(place) or self._tree.at[place]
        return Organization.objects.get(pk=node.pk)

    def at_desk(self, organization_id: int) -> Actor:
        """Build the actor who sits at an organisation's desk."""
        number = self._tree.nodes[organization_id - 1].official
        return official(User.objects.get(pk=number), self._now.date())

    def enrol(self, home: str, key: str = "") -> Member:
        """Put a member of the story on a branch's roster."""
        person = self._registry.person(home, CAST[key].name if key else "")
        member = enrol(
            name=person.name,
            sex=person.sex,
            branch=self.organization(home),
            phone=CAST[key].phone if key else person.phone,
            id_number=person.id_number,
            by=SETUP,
            at=self._now,
            category=person.category,
            birth_on=person.birth_on,
            joined_on=person.joined_on,
            ethnicity=person.ethnicity,
            education=person.education,
            occupation=CAST[key].occupation if key else person.occupation,
        )
        if key:
            Member.objects.filter(pk=member.pk).update(credential_number=credential_of(key))
        return member

    def play(self, scene: Scene) -> Journey:
        """Play one scene to where it stands now."""
        member = self.enrol(scene.home, scene.key)
        home = self.at_desk(member.branch_id)
        at = self._ago(24 * scene.marked)
        departs_on = at.astimezone(SHANGHAI).date()
        if scene.departs_in:
            departs_on = self._now.astimezone(SHANGHAI).date() + timedelta(days=scene.departs_in)
        journey = actions.mark(
            member=member,
            by=home,
            at=at,
            departs_on=departs_on,
            destination=scene.to,
            destination_text=scene.text,
            employer=scene.employer,
            talk_on=None if scene.departs_in else departs_on,
            talk_by="" if scene.departs_in else home.name,
        )
        for step in scene.steps:
            journey = self._step(journey, step)
        return journey

    def _arrival(self, place: str, journey: Journey) -> Arrival:
        node = self._tree.at.get(place)
        reason = f"本人确认在{full_name(place) or (node.title.short_name if node else '')}"
        return Arrival(
            place, TIERS[len(place)], reason, text=journey.destination_text, generation=amap().generation
        )

    def _step(self, journey: Journey, step: Step) -> Journey:
        verb, at, detail = step[0], self._ago(step[1]), step[2] if len(step) > 2 else ""
        me, desk = himself(journey.member), self.at_desk(journey.holder_id)
        if verb == "check_in":
            return actions.check_in(journey=journey, arrival=self._arrival(detail, journey), by=me, at=at)
        if verb == "relocate":
            return actions.relocate(journey=journey, arrival=self._arrival(detail, journey), by=me, at=at)
        if verb == "find":
            finder = self.at_desk(self.organization(detail).pk)
            return actions.find(journey=journey, by=finder, at=at, note="走访时见到本人")
        if verb == "start_return":
            return actions.start_return(journey=journey, by=me, at=at)
        if verb == "send_back":
            return actions.send_back(journey=journey, by=desk, at=at, note=detail)
        if verb == "escalate":
            return actions.escalate(journey=journey, by=desk, at=at, note=detail)
        return self._settle(journey, verb, desk, at, detail, step)

    def _settle(
        self, journey: Journey, verb: str, desk: Actor, at: datetime, detail: str, step: Step
    ) -> Journey:
        if verb == "forward":
            return actions.forward(journey=journey, target=self.organization(detail), by=desk, at=at)
        if verb == "redirect":
            target, note = self.organization(detail), str(step[-1])
            return actions.redirect(journey=journey, target=target, by=desk, at=at, note=note)
        if verb == "register_outside":
            host, note = self.organization(detail), "电话确认接收，回执编号 302118"
            return actions.register_outside(journey=journey, host=host, by=desk, at=at, note=note)
        if verb == "flag_lost":
            home = self.at_desk(journey.home_id)
            return actions.flag_lost(journey=journey, by=home, at=at, note=detail)
        if verb == "log_search":
            home, (way, outcome) = self.at_desk(journey.home_id), detail.split(":")
            return actions.log_search(
                journey=journey, by=home, at=at, way=way, outcome=outcome, note=str(step[-1])
            )
        if verb in ("write_letter", "answer_letter"):
            return self._letter(journey, verb, desk, at, detail)
        if verb == "write_closing":
            return actions.write_closing(
                journey=journey, by=self.at_desk(journey.host_id or 0), at=at, note=detail
            )
        if verb == "contact":
            return actions.contact(journey=journey, by=desk, at=at)
        caretaker = self._caretaker if detail == "caretaker" else None
        return actions.accept(journey=journey, by=desk, at=at, caretaker=caretaker, party_group="第一党小组")

    def _letter(self, journey: Journey, verb: str, desk: Actor, at: datetime, detail: str) -> Journey:
        """Write to a place that is not on the platform, or let it say yes by the code on the paper."""
        if verb == "write_letter":
            receiver = self.organization(detail)
            letter, self._code = write_letter(journey=journey, receiver=receiver, by=desk, at=at)
            return letter.journey
        reply = Reply(Answer.ACCEPTED, detail, "值班室", "0000-3021180")
        return answer_letter(code=self._code, reply=reply, at=at).journey


def play(tree: Tree, registry: Registry, now: datetime) -> None:
    """Put the story's people on their rosters and play every scene."""
    director = Director(tree, registry, now)
    director.enrol(CAST["traveller"].home, "traveller")
    for _ in range(AT_HOME):
        director.enrol(VILLAGE)
    # As it happened: routing remembers what came before.
    for scene in sorted(SCENES, key=lambda scene: -scene.marked):
        director.play(scene)
    found.play_found(director, now)
    visits.play_visits(director, now)
    gathering.play_gathering(director, now)
    spared.play_spared(director, now)


__all__ = ["JOURNEYS", "MEMBERS", "OFFICIALS", "play"]
