"""What may be sent: every field with its type and limit, and nothing else?"""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from hongyan.journeys.ladder_models import Means
from hongyan.journeys.models import Reason
from hongyan.journeys.searches import Outcome, Way
from hongyan.journeys.states import CloseReason

LARGEST_ID = 2**63 - 1
NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
_FIRST_DAY, _LAST_DAY = date(1950, 1, 1), date(2100, 12, 31)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CODE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f/]{1,64}")


def _day(value: object) -> date:
    """Read YYYY-MM-DD and nothing that merely could be a day, such as seconds since 1970."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None or not _FIRST_DAY <= day <= _LAST_DAY:
        raise PydanticCustomError("day", "应为日期，例如 2026-11-23")
    return day


def _named(sentence: str) -> BeforeValidator:
    """Accept an id (a number) or a code (a text): one sentence when it is neither."""

    def check(value: object) -> int | str:
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LARGEST_ID:
            return value
        if isinstance(value, str) and _CODE.fullmatch(value):
            return value
        raise PydanticCustomError("reference", sentence)

    return BeforeValidator(check)


_NAMED_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
            {"type": "string", "minLength": 1, "maxLength": 64},
        ]
    }
)
Id = Annotated[int, Field(strict=True, ge=1, le=LARGEST_ID)]
Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1, description="The version you saw.")]
Flag = Annotated[bool, Field(strict=True)]
Day = Annotated[date, BeforeValidator(_day)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e9, le=1e9)]
OrganizationRef = Annotated[int | str, _named("应为组织的编号（数字）或组织代码（文字）"), _NAMED_SCHEMA]
UserRef = Annotated[int | str, _named("应为人员的编号（数字）或用户名（文字）"), _NAMED_SCHEMA]
PeerRef = Annotated[str, Field(strict=True, min_length=1, max_length=30, pattern=NO_CONTROLS)]
DivisionCode = Annotated[
    str, Field(strict=True, pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$")
]


def _text(longest: int, shortest: int = 0) -> Any:
    return Field(strict=True, min_length=shortest, max_length=longest, pattern=NO_CONTROLS)


Line = Annotated[str, _text(40)]
Group = Annotated[str, _text(60)]
Employer = Annotated[str, _text(120)]
Address = Annotated[str, _text(200)]
Note = Annotated[str, _text(300)]
# A reason may come empty: then the action refuses it with its own sentence, as on the pages.
Required = Annotated[str, _text(300)]
Sealed = Annotated[str, _text(4000, 1)]


class Body(BaseModel):
    """What every body keeps to: unknown fields are refused, blanks around text are dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Move(Body):
    """A move that needs no words."""

    expect: Version | None = None


class Noted(Move):
    """A move with a note, if you like."""

    note: Note = ""


class Reasoned(Move):
    """A move with its reason."""

    note: Required


class Forward(Noted):
    """Where a case goes: an organisation below."""

    target: OrganizationRef


class Onward(Reasoned):
    """Where a case goes, and why."""

    target: OrganizationRef


class Accept(Move):
    """How a member is taken in."""

    caretaker: UserRef | None = None
    party_group: Group = ""


class SendLetter(Move):
    """To which organisation outside the platform a letter goes."""

    receiver: OrganizationRef


class SendAcross(Move):
    """To which neighbouring installation a case goes."""

    peer: PeerRef


class RegisterOutside(Reasoned):
    """Which organisation outside the platform took a member in, and how one knows."""

    host: OrganizationRef


class Caretaker(Move):
    """Who keeps in touch."""

    caretaker: UserRef


class Contact(Noted):
    """Whether the member was reached, and by what means."""

    reached: Flag = True
    means: Means = Means.PHONE


class Depart(Move):
    """The talk before departure."""

    talk_on: Day | None = None
    talk_by: Line = ""


class ReturnTalk(Noted):
    """The talk after the return; empty: today, by whoever sends this."""

    talk_on: Day | None = None
    talk_by: Line = ""


class Attempt(Noted):
    """One attempt to find a member; empty: today, by whoever sends this."""

    way: Way
    outcome: Outcome
    tried_on: Day | None = None
    who: Line = ""


class Decision(Reasoned):
    """What the branch decided, and when."""

    decided_on: Day


class Credential(Move):
    """The credential that was looked at; empty: as it is known."""

    number: Line = ""
    issued_on: Day | None = None


class End(Noted):
    """Why a journey ends."""

    reason: CloseReason


class Whom(Body):
    """One member of the roster, named in exactly one way."""

    id: Id | None = None
    phone: Annotated[str, _text(30, 1)] | None = None
    id_number: Annotated[str, _text(30, 1)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(value is not None for value in (self.id, self.phone, self.id_number)) != 1:
            raise PydanticCustomError("member", "请只用一种方式指明党员：id、phone 或 id_number")
        return self


class Person(Body):
    """Somebody at the counter: his name and one of his numbers, which both must match."""

    name: Annotated[str, _text(60, 1)]
    phone: Annotated[str, _text(30, 1)] | None = None
    id_number: Annotated[str, _text(30, 1)] | None = None

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        if (self.phone is None) == (self.id_number is None):
            raise PydanticCustomError("person", "姓名之外，请填写 phone 或 id_number 其中一项")
        return self


class Find(Noted):
    """Whom the destination has met; `person` when the journey is not in your scope yet."""

    person: Person | None = None


class Mark(Body):
    """Who goes where, and when."""

    member: Whom
    departs_on: Day
    expected_return_on: Day | None = None
    reason: Reason = Reason.WORK
    destination: DivisionCode | None = None
    destination_text: Address = ""
    employer: Employer = ""
    talk_on: Day | None = None
    talk_by: Line = ""


class Place(Body):
    """Where somebody shows or says he is; resolved in memory, never stored."""

    lat: Number | None = None
    lng: Number | None = None
    crs: Literal["wgs84", "gcj02", "bd09", "unknown"] = "unknown"
    accuracy: Annotated[Number, Field(ge=0, description="Metres.")] | None = None
    age: Annotated[Number, Field(ge=0, description="Seconds since the position was taken.")] | None = None
    position_consent: Annotated[
        Flag,
        Field(
            description="The member was told how his position is used (GET /about-position/) and agrees, "
            "this time. Without it no position is read."
        ),
    ] = False
    address: Address = ""
    code: DivisionCode | None = None

    def is_somewhere(self) -> bool:
        """Tell whether anything was said of the place."""
        return self.lat is not None or bool(self.address) or self.code is not None

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if (self.lat is None) != (self.lng is None):
            raise PydanticCustomError("position", "经纬度须同时填写 lat 和 lng")
        if self.code is not None and (self.lat is not None or self.address):
            raise PydanticCustomError("position", "已选定 code 时，不再填写位置或地址")
        if not self.is_somewhere():
            raise PydanticCustomError("position", "请填写位置（lat、lng）、地址（address）或区划代码（code）")
        return self


class Locate(Place):
    """A place to resolve; `declared` is the division the member said he would go to."""

    declared: DivisionCode | None = None


class CheckIn(Place):
    """Where a member has arrived: a place to resolve, or one he confirmed (`place`, of an earlier answer)."""

    place: Sealed | None = None
    confirm: Annotated[
        Literal["ask", "auto"],
        Field(description="auto: a county or deeper that is certain needs no confirmation."),
    ] = "ask"
    employer: Employer = ""
    person: Person | None = None
    expect: Version | None = None

    def is_somewhere(self) -> bool:
        """Tell whether anything was said of the place; a signed one says it all."""
        return self.place is not None or super().is_somewhere()


class OneOfMany(Body):
    """One who arrived: somebody at the counter or a journey that is seen; his place, unless all share one."""

    person: Person | None = None
    journey: Id | None = None
    expect: Version | None = None
    address: Address = ""
    code: DivisionCode | None = None
    employer: Employer = ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.person is None) == (self.journey is None):
            raise PydanticCustomError("person", "请填写 person 或 journey 其中一项")
        return self


class CheckInMany(Body):
    """Who arrived together; `dry` only says who could be checked in."""

    rows: Annotated[list[OneOfMany], Field(min_length=1, max_length=250)]
    address: Address = ""
    code: DivisionCode | None = None
    dry: Flag = False
