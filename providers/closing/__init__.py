"""Closure of a service, hand-back of a contract, failure of a provider: one plan, seen by those it concerns."""
