"""Which laws does every journey obey, and does the database obey them now?

Each law is one query that finds what breaks it, so a clean database answers nothing. The laws of the figures,
which need a second count, are in `recount`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from hongyan.audit.verifying import verify_ends
from hongyan.journeys.duties import GRACE, without_duty
from hongyan.journeys.redrawing import left_behind
from hongyan.journeys.states import MOVES, Status, Verb
from hongyan.notifications.texts import LABELS
from hongyan.reports.exchange_laws import EXCHANGE_LAWS
from hongyan.reports.found_laws import FOUND_LAWS
from hongyan.reports.gathering_laws import GATHERING_LAWS
from hongyan.reports.ladder_laws import LADDER_LAWS
from hongyan.reports.law import Law
from hongyan.reports.roster_laws import ROSTER_LAWS
from hongyan.reports.visit_laws import VISIT_LAWS

# Of each law so many violations are shown; the rest is counted.
SHOWN = 50


@dataclass(frozen=True)
class Violation:
    """One thing that breaks a law: which law, what, and what was found there."""

    law: str
    subject: str
    found: str


def _listed(values: Iterable[object]) -> str:
    """Write codes of our own into a query."""
    return ", ".join(f"'{value}'" for value in values)


OPEN = "status <> 'closed'"
LIVE = (
    "SELECT j.id, j.status, j.holder_id, count(h.id) AS live, min(h.receiver_id) AS receiver_id,"
    " min(h.purpose) AS purpose FROM journeys_journey j LEFT JOIN journeys_handoff h"
    " ON h.journey_id = j.id AND h.answered_at IS NULL GROUP BY j.id, j.status, j.holder_id"
)
# Who owes the next step: home before and after, the desk on the way, the host while hosted if he has a desk.
EXPECTED_HOLDER = (
    "CASE WHEN j.status IN ('planned', 'awaiting', 'returning') THEN j.home_id"
    " WHEN j.status = 'hosted' THEN CASE WHEN o.has_desk THEN j.host_id ELSE j.home_id END"
    " ELSE j.holder_id END"
)

LAWS = (
    Law(
        "one open journey per member",
        f"SELECT 'member:' || member_id, count(*) FROM journeys_journey WHERE {OPEN}"
        " GROUP BY member_id HAVING count(*) > 1",
    ),
    Law(
        "one next deadline per open journey",
        "SELECT 'journey:' || id, status FROM journeys_journey WHERE (status <> 'closed') = (due_at IS NULL)",
    ),
    Law(
        "one holder: the one who owes the next step",
        "SELECT 'journey:' || j.id, j.status FROM journeys_journey j LEFT JOIN organizations_organization o"
        f" ON o.id = j.host_id WHERE j.status <> 'closed' AND j.holder_id <> {EXPECTED_HOLDER}",
    ),
    Law(
        "a host outside the platform leaves the duty at home",
        "SELECT 'journey:' || j.id, o.code FROM journeys_journey j JOIN organizations_organization o"
        " ON o.id = j.host_id WHERE j.status = 'hosted' AND NOT o.has_desk AND j.holder_id <> j.home_id",
    ),
    Law(
        "a case on the way lies on exactly one desk",
        f"SELECT 'journey:' || id, live FROM ({LIVE}) AS found WHERE status IN ('dispatching', 'relocating')"
        " AND (live <> 1 OR receiver_id <> holder_id OR purpose = 'arrival')",
    ),
    Law(
        "nothing is handed on where nothing is on the way",
        f"SELECT 'journey:' || id, live FROM ({LIVE}) AS found"
        " WHERE status IN ('hosted', 'returning', 'closed') AND live > 0"
        " OR status IN ('planned', 'awaiting') AND (live > 1 OR live = 1 AND purpose <> 'arrival')",
    ),
    Law(
        "paths of journeys are those of their organisations",
        "SELECT 'journey:' || j.id, j.home_path || ' ' || j.host_path || ' ' || j.holder_path"
        " FROM journeys_journey j JOIN organizations_organization a ON a.id = j.home_id"
        " JOIN organizations_organization c ON c.id = j.holder_id"
        " LEFT JOIN organizations_organization b ON b.id = j.host_id"
        " WHERE j.home_path <> a.path OR j.holder_path <> c.path OR j.host_path <> coalesce(b.path, '')",
    ),
    Law(
        "paths of hand-offs are those of their receivers",
        "SELECT 'journey:' || h.journey_id, h.receiver_path FROM journeys_handoff h"
        " JOIN organizations_organization o ON o.id = h.receiver_id WHERE h.receiver_path <> o.path",
    ),
    Law(
        "nothing open lies at a closed organisation that has a successor",
        "SELECT 'journey:' || j.id, o.code FROM journeys_journey j JOIN organizations_organization o"
        " ON o.id IN (j.home_id, j.host_id, j.holder_id) WHERE j.status <> 'closed'"
        " AND o.closed_at IS NOT NULL AND EXISTS (SELECT 1 FROM organizations_organizationchange c"
        " WHERE c.organization_id = o.id AND c.kind IN ('merge', 'close'))",
    ),
    Law(
        "nobody belongs to a closed branch that has a successor",
        "SELECT 'member:' || m.id, o.code FROM members_member m JOIN organizations_organization o"
        " ON o.id = m.branch_id WHERE o.closed_at IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM organizations_organizationchange c WHERE c.organization_id = o.id"
        " AND c.kind IN ('merge', 'close'))",
    ),
    Law(
        "paths of members are those of their branches",
        "SELECT 'member:' || m.id, m.branch_path FROM members_member m"
        " JOIN organizations_organization o ON o.id = m.branch_id WHERE m.branch_path <> o.path",
    ),
    Law(
        "the tree hangs together",
        "SELECT 'organization:' || o.id, o.path FROM organizations_organization o"
        " LEFT JOIN organizations_organization p ON p.id = o.parent_id"
        " WHERE substr(o.path, 1, length(o.path) - 4) <> coalesce(p.path, '') OR length(o.path) < 4",
    ),
    Law(
        "moves are numbered from 1 to the version",
        "SELECT 'journey:' || j.id, j.version FROM journeys_journey j LEFT JOIN (SELECT journey_id,"
        " count(*) AS number, min(number) AS first, max(number) AS last FROM journeys_transition"
        " GROUP BY journey_id) t ON t.journey_id = j.id WHERE coalesce(t.number, 0) <> j.version"
        " OR t.first <> 1 OR t.last <> j.version",
    ),
    Law(
        "every move begins where the one before ended",
        "SELECT 'journey:' || t.journey_id, t.number FROM journeys_transition t"
        " LEFT JOIN journeys_transition b ON b.journey_id = t.journey_id AND b.number = t.number - 1"
        " WHERE t.source <> coalesce(b.target, '')",
    ),
    Law(
        "the status is where the last move ended",
        "SELECT 'journey:' || j.id, j.status FROM journeys_journey j JOIN journeys_transition t"
        " ON t.journey_id = j.id AND t.number = j.version WHERE t.target <> j.status",
    ),
    Law(
        "every hop is a move",
        "SELECT 'journey:' || h.journey_id, h.hop FROM journeys_handoff h LEFT JOIN journeys_transition t"
        " ON t.journey_id = h.journey_id AND t.number = h.hop"
        " WHERE t.id IS NULL OR t.receiver_id IS NULL OR t.receiver_id <> h.receiver_id",
    ),
    Law(
        "whoever returned was talked with",
        "SELECT 'journey:' || j.id, coalesce(j.close_reason, '') FROM journeys_journey j"
        " LEFT JOIN journeys_return r ON r.journey_id = j.id"
        " WHERE j.status = 'closed' AND j.close_reason = 'returned' AND r.talked_at IS NULL",
    ),
    Law(
        "who is asked for a closing note has hosted",
        "SELECT 'journey:' || j.id, r.host_id FROM journeys_return r JOIN journeys_journey j"
        " ON j.id = r.journey_id WHERE r.host_id IS NOT NULL AND (j.host_id IS NULL"
        " OR j.host_id <> r.host_id)",
    ),
    Law(
        "every letter is a move, and every such move a letter",
        "SELECT 'journey:' || coalesce(l.journey_id, t.journey_id), coalesce(l.move, t.number)"
        " FROM (SELECT journey_id, number FROM journeys_transition WHERE verb = 'send_letter') t"
        " FULL JOIN exchange_letter l ON l.journey_id = t.journey_id AND l.move = t.number"
        " WHERE l.id IS NULL OR t.number IS NULL",
    ),
    Law(
        "a yes to a letter is a move of its case",
        "SELECT 'letter:' || l.id, l.answer FROM exchange_letter l LEFT JOIN journeys_transition t"
        " ON t.key = 'letter:' || l.id || ':accepted' WHERE l.answer = 'accepted' AND t.id IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM journeys_transition o WHERE o.journey_id = l.journey_id"
        " AND o.number > l.move AND o.target NOT IN ('dispatching', 'relocating'))",
    ),
    Law(
        "whoever is outside the platform has a letter, an answer or a next deadline",
        "SELECT 'journey:' || j.id, j.status FROM journeys_journey j"
        " LEFT JOIN organizations_organization o ON o.id = j.host_id"
        " LEFT JOIN exchange_letter l ON l.journey_id = j.id AND l.answered_at IS NULL"
        " AND l.withdrawn_at IS NULL"
        " WHERE j.status <> 'closed' AND (o.has_desk = %s OR l.id IS NOT NULL)"
        " AND j.due_at IS NULL AND l.next_at IS NULL",
        (False,),
    ),
    Law(
        "a host outside the platform has said so",
        "SELECT 'journey:' || j.id, o.code FROM journeys_journey j JOIN organizations_organization o"
        " ON o.id = j.host_id WHERE j.status = 'hosted' AND NOT o.has_desk AND NOT EXISTS (SELECT 1"
        " FROM journeys_transition t WHERE t.journey_id = j.id AND t.verb = 'register_outside')",
    ),
    Law(
        "no desk looks for a branch for whoever is abroad",
        "SELECT 'journey:' || id, status FROM journeys_journey WHERE abroad_at IS NOT NULL"
        " AND status IN ('dispatching', 'relocating')",
    ),
    Law(
        "whoever is out of contact is looked for",
        "SELECT 'journey:' || j.id, j.status FROM journeys_journey j LEFT JOIN journeys_search s"
        " ON s.journey_id = j.id AND s.found_at IS NULL AND s.flagged_at IS NOT NULL"
        " WHERE j.status <> 'closed' AND j.lost_at IS NOT NULL AND s.id IS NULL",
    ),
    Law(
        "nobody is looked for who was heard of",
        "SELECT 'journey:' || j.id, j.status FROM journeys_search s JOIN journeys_journey j"
        " ON j.id = s.journey_id WHERE s.found_at IS NULL AND j.lost_at IS NULL AND j.watched_at IS NULL",
    ),
    Law(
        "every move is audited once",
        "SELECT 'journey:' || t.journey_id, t.moves FROM (SELECT journey_id, count(*) AS moves"
        " FROM journeys_transition GROUP BY journey_id) t LEFT JOIN (SELECT subject, count(*) AS entries"
        f" FROM audit_entry WHERE subject LIKE 'journey:%%' AND verb IN ({_listed(Verb)}) GROUP BY subject) e"
        " ON e.subject = 'journey:' || t.journey_id WHERE coalesce(e.entries, 0) <> t.moves",
    ),
)


# What a notice may be about, and where each is kept; who may be told is a part of it.
TABLES = {
    "journey": "journeys_journey",
    "member": "members_member",
    "organization": "organizations_organization",
    "user": "members_user",
    "appointment": "members_appointment",
    "break_glass": "members_breakglass",
    "export": "privacy_export",
    "finding": "finding_finding",
    "gathering": "gathering_gathering",
    "founding": "gathering_founding",
    "referral": "finding_referral",
    "letter": "exchange_letter",
    "meeting": "journeys_meeting",
}
# Somebody whose name waits for his own word is written to as what he is so far: a referral.
PEOPLE = ("member", "organization", "user", "referral")
CODE = "sign_in_code"


def _known_moves() -> frozenset[tuple[str, str, str]]:
    """List every (verb, source, target) the table of moves allows."""
    return frozenset(
        (move.verb.value, source, (move.target or source))
        for move in MOVES
        for source in (move.sources or ("",))
    )


def _unknown_moves() -> Iterator[tuple[str, str]]:
    known = _known_moves()
    for verb, source, target, journey in rows(
        "SELECT verb, source, target, min(journey_id) FROM journeys_transition GROUP BY verb, source, target"
    ):
        if (verb, source, target) not in known:
            yield f"journey:{journey}", f"{verb}: {source} -> {target}"


def _unknown_statuses() -> Iterator[tuple[str, str]]:
    for status, journey in rows("SELECT status, min(id) FROM journeys_journey GROUP BY status"):
        if status not in list(Status):
            yield f"journey:{journey}", str(status)


def _numbers(table: str, kind: str) -> frozenset[str]:
    return frozenset(f"{kind}:{pk}" for (pk,) in rows(f'SELECT id FROM "{table}"'))


def _strange_notices() -> Iterator[tuple[str, str]]:
    """Find notices about or for somebody nobody knows; a join over made-up texts would take minutes."""
    known = {kind: _numbers(table, kind) for kind, table in TABLES.items()}
    people = frozenset[str]().union(*(known[kind] for kind in PEOPLE))
    for subject, recipient, kind in rows(
        "SELECT DISTINCT subject, recipient, kind FROM notifications_notice"
    ):
        # A code is about nothing that is stored: its subject is its kind.
        is_code = CODE in (kind, subject)
        about = {CODE} if is_code else known.get(subject.partition(":")[0], frozenset[str]())
        odd = is_code and kind != CODE
        if odd or subject not in about or recipient not in people or kind not in LABELS:
            yield subject, f"{kind} for {recipient}"


def _cared_for_by_nobody() -> Iterator[tuple[str, str]]:
    """Find members whose caretaker has no duty at their host; last night's end may still be to come."""
    for journey, person in without_duty(timezone.localdate(), GRACE).values_list("pk", "caretaker_id"):
        yield f"journey:{journey}", f"user:{person}"


def _broken_seals() -> Iterator[tuple[str, str]]:
    """Look at the newest seals only; `hongyan audit verify` looks at every row."""
    for found in verify_ends():
        yield f"audit:{found.stream or 'fence'}", f"{found.kind} {found.number or found.name}".strip()


# Laws that need Python to tell what is known.
OTHERS: tuple[tuple[str, Callable[[], Iterable[tuple[str, str]]]], ...] = (
    ("every move is in the table", _unknown_moves),
    ("every status is in the table", _unknown_statuses),
    ("notices are about and for somebody known", _strange_notices),
    ("every caretaker has a duty at the host", _cared_for_by_nobody),
    ("nothing open stands in a division that has ended", left_behind),
    ("the audit's fence stands and its newest seals hold", _broken_seals),
)
COUNTED = {
    "organizations": "organizations_organization",
    "members": "members_member",
    "journeys": "journeys_journey",
    "handoffs": "journeys_handoff",
    "transitions": "journeys_transition",
    "audit_entries": "audit_entry",
    "notices": "notifications_notice",
}


def rows(sql: str, parameters: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Run one query and yield its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while batch := cursor.fetchmany(5000):
            yield from batch


def shown(law: str, found: Iterable[tuple[Any, ...]]) -> list[Violation]:
    """Turn what breaks a law into violations: the first ones, and how many more there are."""
    every = [Violation(law, str(subject), str(what)) for subject, what, *_ in found]
    if len(every) > SHOWN:
        return [*every[:SHOWN], Violation(law, "…", f"{len(every) - SHOWN} more")]
    return every


def broken() -> list[Violation]:
    """Look for everything that breaks a law of journeys, people who were found, rosters, reminders."""
    found = [
        violation
        for law in (
            *LAWS,
            *FOUND_LAWS,
            *GATHERING_LAWS,
            *ROSTER_LAWS,
            *LADDER_LAWS,
            *VISIT_LAWS,
            *EXCHANGE_LAWS,
        )
        for violation in shown(law.name, rows(law.sql, law.parameters))
    ]
    return found + [violation for name, look in OTHERS for violation in shown(name, look())]


def counted() -> dict[str, int]:
    """Count what was looked at."""
    totals = {name: int(next(rows(f'SELECT count(*) FROM "{table}"'))[0]) for name, table in COUNTED.items()}
    totals["open_journeys"] = int(next(rows(f"SELECT count(*) FROM journeys_journey WHERE {OPEN}"))[0])
    return totals
