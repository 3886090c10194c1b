"""The only writers of risk summits, split by the field's nouns.

``trigger`` calls one; ``alerting`` keeps the call list; ``stating`` the views; ``informing``
what is known and who is in danger; ``judging`` the judgements; ``leading``, ``handing`` and
``holding`` who leads; ``timing`` the clocks; ``responding`` the response; ``closing`` the end;
``provider`` the provider's part; ``tabling`` what is put before the room.
"""

from risk_summits.operations.alerting import acknowledge_alert, call_body, list_person, tell_by_phone
from risk_summits.operations.closing import answer_gate, meet_criterion, set_criterion, stand_down
from risk_summits.operations.handing import answer_handover, offer_handover
from risk_summits.operations.informing import add_known, say_danger
from risk_summits.operations.judging import correct_judgement, record_judgement
from risk_summits.operations.leading import (
    answer_lead,
    declare_concerned,
    object_to_lead,
    propose_lead,
    withdraw_objection,
)
from risk_summits.operations.provider import agree_withholding, propose_withholding, record_provider_word
from risk_summits.operations.responding import answer_impact, ask_for_impact, bring_forward, set_follow_up
from risk_summits.operations.stating import state_view
from risk_summits.operations.tabling import change_tabled, table_concern
from risk_summits.operations.trigger import Trigger, trigger_summit

__all__ = [
    "Trigger",
    "acknowledge_alert",
    "add_known",
    "agree_withholding",
    "answer_gate",
    "answer_handover",
    "answer_impact",
    "answer_lead",
    "ask_for_impact",
    "bring_forward",
    "call_body",
    "change_tabled",
    "correct_judgement",
    "declare_concerned",
    "list_person",
    "meet_criterion",
    "object_to_lead",
    "offer_handover",
    "propose_lead",
    "propose_withholding",
    "record_judgement",
    "record_provider_word",
    "say_danger",
    "set_criterion",
    "set_follow_up",
    "stand_down",
    "state_view",
    "table_concern",
    "tell_by_phone",
    "trigger_summit",
    "withdraw_objection",
]
