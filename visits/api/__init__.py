"""Visits and requests for information through the API."""

from visits.api import requests, visits

__all__ = ["requests", "visits"]
