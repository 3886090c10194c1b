"""What actions do with the lists."""

from reference.steering import steers


def say() -> None:
    """Say it, once, when the app is made ready."""
    steers(
        "tools_and_levers", "Which powers are offered when a body is asked for action; none is ever required."
    )
