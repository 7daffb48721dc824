"""Everything that can be done to a journey: the only code that writes one."""

from hongyan.journeys.actions.arriving import check_in, confirm, deny, find, relocate
from hongyan.journeys.actions.caring import assign_caretakers
from hongyan.journeys.actions.coming_home import check_credential, hold_return_talk, write_closing
from hongyan.journeys.actions.departing_again import depart_again
from hongyan.journeys.actions.digesting import digest_due
from hongyan.journeys.actions.dispatching import (
    decide,
    escalate,
    escalate_overdue,
    forward,
    redirect,
    send_back,
)
from hongyan.journeys.actions.exempting import ask_exempt_reviews_due, continue_exemption, exempt
from hongyan.journeys.actions.handing_over import dismiss, hand_over_due
from hongyan.journeys.actions.hosting import accept, contact, name_caretaker, register_outside
from hongyan.journeys.actions.laddering import change_ladder
from hongyan.journeys.actions.many import accept_many, check_in_many, forward_many
from hongyan.journeys.actions.many_more import (
    contact_many,
    end_many,
    hold_return_talk_many,
    relocate_many,
    start_return_many,
    write_closing_many,
)
from hongyan.journeys.actions.marking import cancel, depart, depart_due, end, mark, resend_link, start_return
from hongyan.journeys.actions.marking_many import Leaving, mark_many
from hongyan.journeys.actions.meeting import call_off, note_came, plan_meeting
from hongyan.journeys.actions.raising import raise_due
from hongyan.journeys.actions.reaching import tell_by_phone
from hongyan.journeys.actions.redrawing import follow_ended_due
from hongyan.journeys.actions.reminding import remind_due
from hongyan.journeys.actions.reorganizing import follow_closed_due
from hongyan.journeys.actions.saying import say_abroad
from hongyan.journeys.actions.searching import (
    flag_lost,
    heard_again,
    log_search,
    print_dossier,
    record_decision,
    watch_due,
)
from hongyan.journeys.actions.settling import settle
from hongyan.journeys.actions.transferring import answer_transfer, suggest_transfer_due, wish_transfer
from hongyan.journeys.actions.visiting import answer_visit, leave_again
from hongyan.journeys.actions.visits_due import ask_visits_due, follow_visits_due
from hongyan.journeys.actions.warning import warn_calendar, warn_queue
from hongyan.journeys.actions.writing import expect_desk, send_across, send_home, send_letter

__all__ = [
    "Leaving",
    "contact_many",
    "end_many",
    "hold_return_talk_many",
    "mark_many",
    "relocate_many",
    "start_return_many",
    "write_closing_many",
    "flag_lost",
    "heard_again",
    "log_search",
    "print_dossier",
    "record_decision",
    "watch_due",
    "accept",
    "accept_many",
    "answer_transfer",
    "answer_visit",
    "ask_visits_due",
    "ask_exempt_reviews_due",
    "continue_exemption",
    "exempt",
    "call_off",
    "follow_visits_due",
    "leave_again",
    "note_came",
    "plan_meeting",
    "assign_caretakers",
    "cancel",
    "change_ladder",
    "check_credential",
    "check_in",
    "check_in_many",
    "confirm",
    "contact",
    "decide",
    "deny",
    "depart",
    "depart_again",
    "depart_due",
    "dismiss",
    "digest_due",
    "end",
    "escalate",
    "escalate_overdue",
    "expect_desk",
    "find",
    "follow_closed_due",
    "follow_ended_due",
    "forward",
    "hold_return_talk",
    "forward_many",
    "hand_over_due",
    "mark",
    "name_caretaker",
    "raise_due",
    "redirect",
    "register_outside",
    "relocate",
    "remind_due",
    "resend_link",
    "say_abroad",
    "settle",
    "send_back",
    "send_across",
    "send_home",
    "send_letter",
    "start_return",
    "suggest_transfer_due",
    "tell_by_phone",
    "write_closing",
    "warn_calendar",
    "warn_queue",
    "wish_transfer",
]
