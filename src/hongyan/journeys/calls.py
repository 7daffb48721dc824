"""Whom is home to call, because no message reached him or none had an answer?"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.ladder import Way
from hongyan.journeys.ladder_models import Outcome, Reminder


def waiting(at: datetime) -> Q:
    """Match the calls to make now: who was tried today is tried again tomorrow."""
    today = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    tried_before = Q(called_at=None) | Q(called_at__lt=today)
    return Q(way=Way.CALL) & ~Q(outcome=Outcome.REACHED) & tried_before


def is_to_be_called(at: datetime) -> Q:
    """Match the journeys whose home is to call now: the ladder runs and has come to a call."""
    calls = Reminder.objects.filter(waiting(at), journey=OuterRef("pk"), anchor=OuterRef("remind_from"))
    return Q(remind_from__isnull=False, member__is_exempt=False) & Q(Exists(calls))
