"""What is kept of one member, column by column as the policy lists it?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model

from hongyan.finding.models import Finding
from hongyan.finding.said import FINDING, said_of
from hongyan.journeys.models import (
    Handoff,
    Journey,
    Raise,
    Reminder,
    Return,
    Search,
    SearchAttempt,
    Transition,
)
from hongyan.members.models import BreakGlass, Member, User
from hongyan.members.sealing import EMERGENCY_PHONE, id_number_of, phone_of
from hongyan.notifications.models import Notice
from hongyan.privacy.models import Consent, RightsRequest
from hongyan.privacy.policy import Column, Table, policy
from hongyan.privacy.sealing import opened
from hongyan.vault.sealing import unseal


@dataclass(frozen=True)
class Kept:
    """One thing that is kept: what the policy says of it, and its value as it is stored, opened."""

    column: Column
    value: Any


@dataclass(frozen=True)
class Section:
    """One table's worth of what is kept of a member: a list of things for each row."""

    table: Table
    rows: tuple[tuple[Kept, ...], ...]


def _emergency_phone(member: Member) -> str:
    sealed = bytes(member.emergency_phone_sealed)
    return unseal(sealed, place=EMERGENCY_PHONE, row=member.uid) if sealed else ""


# How a sealed column is opened for the one it is about.
OPENERS: dict[str, Callable[[Any], object]] = {
    "members_member.phone_sealed": lambda row: phone_of(row) if bytes(row.phone_sealed) else "",
    "members_member.id_number_sealed": lambda row: id_number_of(row) if bytes(row.id_number_sealed) else "",
    "members_member.emergency_phone_sealed": _emergency_phone,
    # That he has bound one is all there is to say: nobody could read the code.
    "members_member.wechat_sealed": lambda row: bool(bytes(row.wechat_sealed)),
    "finding_finding.said_sealed": lambda row: said_of(row, FINDING).phone or said_of(row, FINDING).name,
    "notifications_notice.address_sealed": lambda row: bool(bytes(row.address_sealed)),
    "privacy_rightsrequest.value_sealed": lambda row: opened(row, "value"),
    "privacy_rightsrequest.note_sealed": lambda row: opened(row, "note"),
    "privacy_rightsrequest.reason_sealed": lambda row: opened(row, "reason"),
}


def _rows(member: Member) -> dict[str, Iterable[Model]]:
    """Find the rows about a member in each table that has labelled columns."""
    about = {"journey__member": member}
    devices = apps.get_model("usersessions", "UserSession")
    return {
        "members_member": [member],
        "members_user": User.objects.filter(member=member),
        "journeys_journey": Journey.objects.filter(member=member).order_by("-pk"),
        "journeys_search": Search.objects.filter(**about).order_by("-pk"),
        "journeys_searchattempt": SearchAttempt.objects.filter(search__journey__member=member).order_by(
            "-pk"
        ),
        "journeys_return": Return.objects.filter(**about).order_by("-pk"),
        "journeys_handoff": Handoff.objects.filter(**about).order_by("-pk"),
        "journeys_transition": Transition.objects.filter(**about).order_by("-pk"),
        "finding_finding": Finding.objects.filter(member=member).select_related("home_place").order_by("-pk"),
        "journeys_raise": Raise.objects.filter(**about).order_by("-pk"),
        "journeys_reminder": Reminder.objects.filter(**about).order_by("-pk"),
        "notifications_notice": Notice.objects.filter(recipient=f"member:{member.pk}").order_by("-pk"),
        "members_breakglass": BreakGlass.objects.filter(member=member).order_by("-pk"),
        "privacy_consent": Consent.objects.filter(member=member).order_by("-pk"),
        "privacy_rightsrequest": RightsRequest.objects.filter(member=member).order_by("-pk"),
        "usersessions_usersession": devices.objects.filter(user__member=member).order_by("-pk"),
    }


def _value(row: Model, column: Column) -> Any:
    opener = OPENERS.get(f"{column.table}.{column.name}")
    if opener:
        return opener(row)
    field = next(field for field in row._meta.concrete_fields if field.column == column.name)
    if field.choices:
        return getattr(row, f"get_{field.name}_display")()
    return getattr(row, field.name)


def kept(member: Member) -> list[Section]:
    """List what is kept of a member, in the policy's order; a table without a row of his is left out."""
    found = []
    for name, rows in _rows(member).items():
        table = policy().tables[name]
        columns = [column for column in table.columns if column.label]
        listed = tuple(tuple(Kept(column, _value(row, column)) for column in columns) for row in rows)
        if listed and columns:
            found.append(Section(table, listed))
    return found
