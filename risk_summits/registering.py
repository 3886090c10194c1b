"""What this app tells those below it: its clocks, its meetings, and what people are told."""

from clocks import registry as clocks
from meetings import registry as meetings
from notifications import events
from risk_summits import steered
from risk_summits.models import Room
from risk_summits.operations import alerting, holding, receivers, responding, stating, telling


def take_part() -> None:
    """Register everything, once, when the apps are ready."""
    steered.say()
    for event in telling.EVENTS:
        events.register(event)
    clocks.take_family(
        "summit_alert",
        recipients=receivers.COMMON,
        together=receivers.ALERT,
        effects={"in-app and mail; telephone number shown to the convenor": alerting.bring_in_the_next},
        met_by_acknowledging=True,
        words=receivers.alert_words,
        about=telling.about_summit,
    )
    clocks.take_family(
        "judgement",
        recipients={**receivers.COMMON, "called bodies that have not spoken": receivers.bodies_silent},
    )
    clocks.take_family(
        "views_reveal",
        recipients=receivers.COMMON,
        effects={"views revealed": stating.reveal_at_due_time},
        met_by_time=True,
    )
    clocks.take_family("response", recipients=receivers.COMMON)
    clocks.take_family("follow_up", recipients=receivers.COMMON)
    clocks.take_family(
        "ring",
        recipients={
            **receivers.COMMON,
            "bodies that proposed or were proposed": receivers.bodies_proposed,
        },
        effects={"interim becomes default": holding.default_holder},
        decide=holding.agreed_at,
    )
    clocks.take_family(
        "impact",
        recipients={"asked bodies that have not answered": receivers.body_asked, "CQC": receivers.cqc},
    )
    clocks.take_family("provider_notice", recipients=receivers.COMMON)
    clocks.take_family("provider_reply", recipients=receivers.COMMON)
    clocks.take_family("special_condition", recipients={**receivers.COMMON, "deciders": receivers.deciders})
    meetings.take_matter(
        Room.KIND,
        hold=responding.hold,
        after_held=responding.after_held,
        earliest=responding.earliest,
        called=responding.bodies_called,
        essential=responding.who_must_be_there,
        before_convened=responding.before_convened,
        before_held=responding.before_held,
    )
