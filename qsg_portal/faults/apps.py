"""The application that exists only inside the rig: a family of clocks for drills."""

from django.apps import AppConfig


class DrillConfig(AppConfig):
    """Takes the family of drills, so that its deadlines go the way of all others."""

    name = "qsg_portal.faults"
    label = "drill"

    def ready(self) -> None:
        """Say who is told of a drill's steps, and what its message says."""
        from clocks import registry, telling  # noqa: PLC0415 - models exist only now
        from notifications import events  # noqa: PLC0415

        registry.take_family(
            "drill", recipients={"hand": lambda clock, now: filter(None, [clock.responsible_person_id])}
        )
        events.register(events.Event("clock.drill", "summit alert", telling.sentence, telling.still))
