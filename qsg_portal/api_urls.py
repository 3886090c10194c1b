"""The root of the API: every endpoint of every app, its document to read, and nothing else below it."""

from django.urls import path, re_path

from access.api import ENDPOINTS, addresses, nothing_here
from actions import api as actions
from agencies import api as agencies
from agencies.agreements import api as agreements
from agencies.contacts import api as contacts
from agencies.lists import api as lists
from agencies.readiness import api as readiness
from clocks import api as clocks
from concerns import api as concerns
from meetings import api as meetings
from notifications import api as notifications
from providers import api as providers
from providers.closing import api as closing
from providers.levels import api as levels
from providers.register import api as register
from qsg_portal import api as portal
from qsg_portal.pages.api import ApiPage, OperationPage
from risk_summits import api as risk_summits
from successions import api as successions
from visits import api as visits

APPS = (
    portal, agencies, agreements, contacts, lists, readiness, providers, register, levels, closing, clocks, notifications,
    actions, concerns, visits, meetings, risk_summits, successions,
)  # fmt: skip
"""Imported for the endpoints that they make."""

app_name = "api"
urlpatterns = [
    *addresses(one for one in ENDPOINTS if one.__module__.startswith(tuple(app.__name__ for app in APPS))),
    path("docs/", ApiPage.as_view(), name="docs"),
    path("docs/<slug:operation>/", OperationPage.as_view(), name="operation"),
    re_path(r"", nothing_here, name="nothing"),
]
