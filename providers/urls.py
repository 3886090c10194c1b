"""Addresses of the provider finder."""

from django.urls import path

from providers import views
from providers.levels import views as levels
from providers.register import views as register

app_name = "providers"

urlpatterns = [
    path("", views.Finder.as_view(), name="finder"),
    path("<uuid:id>/level/<uuid:group>/", levels.SetLevelPage.as_view(), name="set_level"),
    path("levels/<uuid:id>/", levels.LevelPage.as_view(), name="level"),
    path("<uuid:id>/record/", register.RegisterPage.as_view(), name="register"),
    path("<uuid:id>/record/enter/", register.EnterPage.as_view(), name="enter_action"),
    path("record/<uuid:id>/correct/", register.CorrectPage.as_view(), name="correct_action"),
    path("record/<uuid:id>/end/", register.EndPage.as_view(), name="end_action"),
    path("<uuid:id>/conflict/", views.DeclareConflict.as_view(), name="declare_conflict"),
]
