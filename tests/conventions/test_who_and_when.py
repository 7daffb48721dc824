"""Does every moment that is kept say who made it?"""

from collections.abc import Iterable

from django.apps import apps
from django.db import models

from tests.conventions.tree import nothing

# Moments without a person, each with its reason.
EXEMPT = {
    "audit.Seal.last_at": "the latest moment of the rows it seals",
    "audit.Seal.sealed_at": "sealed by the program",
    "finding.Finding.due_at": "a deadline, not something somebody did",
    "gathering.Founding.due_at": "a deadline, not something somebody did",
    "gathering.Founding.reached_at": "noticed by the clock alone",
    "gathering.Founding.fell_at": "noticed by the clock alone",
    "gathering.Gathering.refreshed_at": "counted anew by the clock alone",
    "exchange.Message.settled_at": "by the neighbour, whose signed receipt is a column of the row",
    "exchange.Peer.heard_at": "when something came from the neighbour the row is about",
    "exchange.Peer.reached_at": "when something arrived at the neighbour the row is about",
    "exchange.Received.taken_at": "by `peer`, who is a column of the row",
    "exchange.Letter.expires_at": "a deadline, not something somebody did",
    "exchange.Letter.due_at": "a deadline, not something somebody did",
    "exchange.Letter.next_at": "a deadline, not something somebody did",
    "journeys.Journey.due_at": "a deadline, not something somebody did",
    "journeys.Journey.home_due_at": "a deadline, not something somebody did",
    "journeys.Journey.host_due_at": "a deadline, not something somebody did",
    "journeys.Raise.climbs_at": "when the next level hears of it, not something somebody did",
    "journeys.Journey.visit_due_at": "a deadline, not something somebody did",
    "journeys.Visit.asked_at": "asked by the clock alone",
    "journeys.Visit.reminded_at": "reminded by the clock alone",
    "journeys.Meeting.starts_at": "when it begins, not something somebody did",
    "journeys.Journey.remind_at": "when the next reminder is due, not something somebody did",
    "journeys.Reminder.due_at": "a deadline, not something somebody did",
    "reports.Pace.paced_at": "by the clock alone",
    "reports.Fold.folded_at": "by the clock alone",
    "reports.Shift.due_at": "a deadline, not something somebody did",
    "journeys.Handoff.due_at": "a deadline, not something somebody did",
    "journeys.Journey.watched_at": "watched by the clock alone",
    "journeys.Search.next_due_at": "a deadline, not something somebody did",
    "journeys.Return.closing_due_at": "a deadline, not something somebody did",
    "members.Member.exempt_due_at": "a deadline, not something somebody did",
    "members.ApiToken.expires_at": "a deadline, not something somebody did",
    "members.Attempts.expires_at": "a deadline, not something somebody did",
    "members.BreakGlass.opened_at": "by `user`, who is a column of the row",
    "members.BreakGlass.expires_at": "a deadline, not something somebody did",
    "members.BreakGlass.closed_at": "by `user`, who is a column of the row",
    "members.PaperCode.expires_at": "a deadline, not something somebody did",
    "members.PaperCode.used_at": "by the member, who is a column of the row",
    "notifications.Notice.created_at": "made by the program; the audit entry beside it names the person",
    "notifications.Notice.sent_at": "sent by the program",
    "notifications.Notice.delivered_at": "reported by the network, taken by the program",
    "notifications.Notice.read_at": "read by the recipient, who is a column of the row",
    "notifications.Notice.withdrawn_at": "taken back by the program when the case moved on",
    "privacy.Export.made_at": "by whoever asked, who is a column of the row: nobody else can",
    "privacy.RightsRequest.due_at": "a deadline, not something somebody did",
    "roster.Chunk.applied_at": "written by the program for whoever confirmed the export",
    "roster.Pair.found_at": "found by the program",
    "roster.Intake.compared_at": "compared by the program for whoever took it in",
    "roster.Intake.done_at": "ended by the program for whoever confirmed it",
    "roster.Intake.purged_at": "let go of by the program when its time was over",
    "schedule.Run.planned_at": "a moment of the clock, not something somebody did",
    "schedule.Run.started_at": "begun by the program",
    "schedule.Run.finished_at": "ended by the program",
}


def anonymous(model: type[models.Model]) -> list[str]:
    """List the `_at` fields of a model that have no `_by` beside them."""
    names = {field.name for field in model._meta.get_fields()}
    moments = [name for name in names if name.endswith("_at") and f"{name[:-3]}_by" not in names]
    return sorted(f"{model._meta.label}.{name}" for name in moments)


def ours() -> Iterable[type[models.Model]]:
    """Yield the product's own models."""
    return [model for model in apps.get_models() if model.__module__.startswith("hongyan.")]


def test_every_moment_has_its_person() -> None:
    found = {place for model in ours() for place in anonymous(model)}
    nothing(sorted(found - set(EXEMPT)))


def test_no_exemption_outlives_its_field() -> None:
    known = {f"{model._meta.label}.{field.name}" for model in ours() for field in model._meta.get_fields()}
    nothing(sorted(set(EXEMPT) - known))
    assert all(EXEMPT.values())


def test_a_planted_anonymous_moment_is_caught() -> None:
    from django.test.utils import isolate_apps

    with isolate_apps("hongyan.journeys"):

        class Planted(models.Model):
            accepted_at = models.DateTimeField()
            closed_at = models.DateTimeField()
            closed_by = models.CharField(max_length=40)

            class Meta:
                app_label = "journeys"

            def __str__(self) -> str:
                return "planted"

    assert anonymous(Planted) == ["journeys.Planted.accepted_at"]
