"""What successions do with the lists."""

from reference.steering import steers


def say() -> None:
    """Say it, once, when the app is made ready."""
    steers("agency_kinds", "Which kind of body is proposed to take the place of one that closes.")
