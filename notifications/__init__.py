"""Telling people: the outbox, the inbox in the portal, and mail."""
