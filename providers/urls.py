"""Addresses of the provider finder."""

from django.urls import path

from providers import views
from providers.levels import views as levels

app_name = "providers"

urlpatterns = [
    path("", views.Finder.as_view(), name="finder"),
    path("<uuid:id>/level/<uuid:group>/", levels.SetLevelPage.as_view(), name="set_level"),
    path("levels/<uuid:id>/", levels.LevelPage.as_view(), name="level"),
    path("<uuid:id>/conflict/", views.DeclareConflict.as_view(), name="declare_conflict"),
]
