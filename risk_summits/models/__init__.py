"""What is kept of a risk summit, by the field's nouns."""

from risk_summits.models.closing import ExitCriterion, GateAnswer, ProviderWord, Withholding
from risk_summits.models.judging import DangerReport, Judgement, StatedView
from risk_summits.models.response import ImpactAssessment, ImpactRequest
from risk_summits.models.ring import RingHandover, RingHolding, RingObjection, RingOffer
from risk_summits.models.summit import CalledBody, Known, PhoneCall, RiskSummit, Room, Tabled

__all__ = [
    "CalledBody",
    "DangerReport",
    "ExitCriterion",
    "GateAnswer",
    "ImpactAssessment",
    "ImpactRequest",
    "Judgement",
    "Known",
    "PhoneCall",
    "ProviderWord",
    "RingHandover",
    "RingHolding",
    "RingObjection",
    "RingOffer",
    "RiskSummit",
    "Room",
    "StatedView",
    "Tabled",
    "Withholding",
]
