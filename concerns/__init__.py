"""Concerns: what a body knows or fears of a provider, shared with those who need it."""
