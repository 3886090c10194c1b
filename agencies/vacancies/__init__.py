"""Seats that are wanted and nobody holds, and seats about to end: since when, and whom to ring."""
