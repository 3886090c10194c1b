"""Addresses of the provider finder."""

from django.urls import path

from providers import views
from providers.importing import views as importing
from providers.levels import views as levels
from providers.register import views as register
from providers.upkeep import views as upkeep

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
    path("new/", upkeep.AddProvider.as_view(), name="add"),
    path("<uuid:id>/entry/", upkeep.EntryPage.as_view(), name="entry"),
    path("<uuid:id>/entry/correct/", upkeep.CorrectProvider.as_view(), name="correct"),
    path("<uuid:id>/entry/places/new/", upkeep.AddPlace.as_view(), name="add_place"),
    path("entry/places/<uuid:id>/correct/", upkeep.CorrectPlace.as_view(), name="correct_place"),
    path("<uuid:id>/entry/commissioners/new/", upkeep.AddCommissioner.as_view(), name="add_commissioner"),
    path("entry/commissioners/<uuid:id>/end/", upkeep.EndCommissioner.as_view(), name="end_commissioner"),
    path("<uuid:id>/entry/licences/new/", upkeep.KeepLicence.as_view(), name="keep_licence"),
    path("entry/licences/<uuid:id>/end/", upkeep.EndLicence.as_view(), name="end_licence"),
    path("<uuid:id>/entry/groups/new/", upkeep.PlaceInGroup.as_view(), name="place_in_group"),
    path("entry/groups/<uuid:id>/take-out/", upkeep.TakeOutOfGroup.as_view(), name="take_out_of_group"),
    path("<uuid:id>/conflict/", views.DeclareConflict.as_view(), name="declare_conflict"),
]
