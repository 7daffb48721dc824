"""Remember a deed, or a look at people; nothing here is ever changed or taken away."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from hongyan.audit.models import AccessLog, Entry
from hongyan.audit.rules import PersonalValue, refuse_bad_code, refuse_bad_reference, refuse_personal
from hongyan.vault.redaction import personal_number

BATCH = 1000


def _entry(
    actor: str,
    verb: str,
    subject: str,
    organization: int | None,
    details: Mapping[str, Any] | None,
    at: datetime,
) -> Entry:
    """Build one checked entry."""
    refuse_bad_reference("actor", actor)
    refuse_bad_reference("subject", subject)
    refuse_bad_code("verb", verb)
    checked = dict(details or {})
    refuse_personal(checked)
    return Entry(
        at=at, actor=actor, verb=verb, subject=subject, organization_id=organization, details=checked
    )


def record(
    *,
    actor: str,
    verb: str,
    subject: str,
    organization: int | None = None,
    details: Mapping[str, Any] | None = None,
    at: datetime,
) -> None:
    """Remember one deed in the caller's transaction; raises PersonalValue, so nothing personal slips in."""
    _entry(actor, verb, subject, organization, details, at).save(force_insert=True)


def record_many(
    *,
    actor: str,
    verb: str,
    subjects: Iterable[str],
    organization: int | None = None,
    details: Mapping[str, Any] | None = None,
    at: datetime,
) -> int:
    """Remember the same deed done to many subjects; return how many."""
    entries = [_entry(actor, verb, subject, organization, details, at) for subject in subjects]
    return len(Entry.objects.bulk_create(entries, batch_size=BATCH))


def record_access(
    *, viewer: str, people: Iterable[str], purpose: str, at: datetime, organization: int | None = None
) -> int:
    """Remember that `viewer` was shown these people, each once, before the answer leaves; return how many."""
    refuse_bad_reference("viewer", viewer)
    if personal_number(purpose):
        raise PersonalValue("purpose must not hold a person's number")
    looks = []
    for person in dict.fromkeys(people):
        refuse_bad_reference("person", person)
        looks.append(
            AccessLog(at=at, viewer=viewer, person=person, organization_id=organization, purpose=purpose)
        )
    return len(AccessLog.objects.bulk_create(looks, batch_size=BATCH))
