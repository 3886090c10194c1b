"""Addresses of the provider finder."""

from django.urls import path

from providers import views
from providers.importing import views as importing
from providers.levels import views as levels
from providers.register import views as register
from providers.succession import views as succession

app_name = "providers"

urlpatterns = [
    path("", views.Finder.as_view(), name="finder"),
    path("imports/", importing.ImportsPage.as_view(), name="imports"),
    path("imports/new/", importing.NewImport.as_view(), name="new_import"),
    path("imports/<uuid:id>/", importing.ImportPage.as_view(), name="import"),
    path("imports/<uuid:id>/apply/", importing.ApplyImport.as_view(), name="apply_import"),
    path("imports/<uuid:id>/set-aside/", importing.SetAsideImport.as_view(), name="set_aside_import"),
    path("<uuid:id>/level/<uuid:group>/", levels.SetLevelPage.as_view(), name="set_level"),
    path("levels/<uuid:id>/", levels.LevelPage.as_view(), name="level"),
    path("<uuid:id>/record/", register.RegisterPage.as_view(), name="register"),
    path("<uuid:id>/record/enter/", register.EnterPage.as_view(), name="enter_action"),
    path("record/<uuid:id>/correct/", register.CorrectPage.as_view(), name="correct_action"),
    path("record/<uuid:id>/end/", register.EndPage.as_view(), name="end_action"),
    path("<uuid:id>/succession/", succession.SuccessionPage.as_view(), name="succession"),
    path("<uuid:id>/succession/new/", succession.Link.as_view(), name="link"),
    path("succession/<uuid:id>/end/", succession.Unlink.as_view(), name="unlink"),
    path("<uuid:id>/conflict/", views.DeclareConflict.as_view(), name="declare_conflict"),
]
