"""Addresses of the provider finder."""

from django.urls import path

from providers import views

app_name = "providers"

urlpatterns = [
    path("", views.Finder.as_view(), name="finder"),
    path("<uuid:id>/conflict/", views.DeclareConflict.as_view(), name="declare_conflict"),
]
