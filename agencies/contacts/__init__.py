"""Whom to ring for what: posts and who holds them, finding them, and a new Director's meeting with the inspectorate."""
