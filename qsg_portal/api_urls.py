"""The root of the API: every endpoint of every app, its document to read, and nothing else below it."""

from django.urls import path, re_path

from access.api import ENDPOINTS, addresses, nothing_here
from agencies import api as agencies
from concerns import api as concerns
from providers import api as providers
from qsg_portal import api as portal
from qsg_portal.pages.api import ApiPage

APPS = (portal, agencies, providers, concerns)
"""Imported for the endpoints that they make."""

app_name = "api"
urlpatterns = [
    *addresses(one for one in ENDPOINTS if one.__module__.startswith(tuple(app.__name__ for app in APPS))),
    path("docs/", ApiPage.as_view(), name="docs"),
    re_path(r"", nothing_here, name="nothing"),
]
