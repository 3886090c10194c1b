"""The application's name for Django."""

from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    """Configuration of the `agencies` application."""

    name = "agencies"
    verbose_name = "Agencies and groups"

    def ready(self) -> None:
        """Tell the clocks and the outbox who stands in for whom."""
        from agencies import stand_ins  # noqa: PLC0415 - models exist only now
        from agencies.contacts import operations as contacts  # noqa: PLC0415
        from agencies.contacts import telling as directors  # noqa: PLC0415
        from agencies.interests import telling as interests  # noqa: PLC0415
        from agencies.lists import steered  # noqa: PLC0415
        from agencies.reviews import operations, telling  # noqa: PLC0415
        from clocks import registry  # noqa: PLC0415
        from clocks.operations.advancing import event_of  # noqa: PLC0415
        from notifications import events  # noqa: PLC0415

        registry.name_recipients({registry.LAST_RESORT: stand_ins.last_resort})
        registry.take_family(
            operations.CLOCK,
            recipients=telling.RECIPIENTS,
            effects={"who is not confirmed is suspended": operations.suspend_at_due_time},
            decide=operations.nobody_waits,
            words=telling.words,
            about=telling.about,
            by_office=True,
            address=telling.address,
        )
        events.register(telling.SUSPENDED)
        events.register_office(event_of(operations.CLOCK), telling.OFFICE)
        events.register_office(telling.SUSPENDED.code, telling.ONESELF)
        registry.take_family(contacts.CLOCK, recipients=directors.RECIPIENTS)
        for event in (*directors.EVENTS, *interests.EVENTS):
            events.register(event)
        events.register_directory(stand_ins.Directory())
        steered.say()
