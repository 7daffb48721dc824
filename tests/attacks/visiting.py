"""Who opens which page of the scene, and what is its address?"""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import URLPattern, reverse

from hongyan.journeys.links import token_for
from hongyan.journeys.models import Journey
from tests.web.signing_in import signed_in
from tests.world import World


@dataclass
class Scene:
    """The cast with one case for each situation that has a page of its own."""

    world: World
    cases: dict[str, Journey] = field(default_factory=dict)
    # Numbers of other rows that have pages, by the name used in the table below.
    numbers: dict[str, int] = field(default_factory=dict)

    def browser(self, who: str | None) -> Client:
        """Open a browser as this person, who has just proved himself; None is a stranger."""
        if who is None:
            return Client()
        known: Any = self.world.users[who] if who in self.world.users else self.world.members[who]
        return signed_in(known, fresh=True)

    def refresh(self, case: str) -> Journey:
        """Read a case as it stands now."""
        return Journey.objects.select_related("member", "home", "host", "holder").get(pk=self.cases[case].pk)


@dataclass(frozen=True)
class Visit:
    """One page as one person opens it."""

    who: str | None
    case: str = ""
    organization: str = ""
    query: str = ""
    number: str = ""
    kind: str = ""

    def path(self, name: str, scene: Scene, door: URLPattern) -> str:
        """Spell the address of a page."""
        arguments: dict[str, Any] = {}
        wanted = door.pattern.converters
        if "pk" in wanted:
            row = (
                scene.cases[self.case]
                if self.case
                else scene.world[self.organization]
                if self.organization
                else None
            )
            arguments["pk"] = row.pk if row else scene.numbers[self.number]
        if self.kind:
            arguments["kind"] = self.kind
        if "token" in wanted:
            arguments["token"] = token_for(scene.refresh(self.case))
        if "secret" in wanted:
            arguments["secret"] = "a-secret-nobody-gave"
        return reverse(name, kwargs=arguments) + self.query


def visits(*who: str | None, case: str = "", organization: str = "", number: str = "") -> tuple[Visit, ...]:
    """Let several people open the same page."""
    return tuple(Visit(one, case, organization, number=number) for one in who)
