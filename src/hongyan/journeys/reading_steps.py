"""Which steps has a ladder now, with what officials have changed?"""

from hongyan.journeys.ladder import Rule, Step, Way, with_changes
from hongyan.journeys.ladder_models import ReminderStep


def steps_of(rule: Rule) -> tuple[Step, ...]:
    """Read the steps of one rule, in order."""
    rows = ReminderStep.objects.filter(rule=rule)
    changed = [Step(rule, row.number, Way(row.way), row.delay_days, row.is_active) for row in rows]
    return tuple(step for step in with_changes(changed) if step.rule == rule)
