"""Fixtures of this folder."""

from tests.timed import cast

__all__ = ["cast"]
