"""Addresses of the provider finder."""

from django.urls import path

from providers import views
from providers.closing import views as closing
from providers.importing import views as importing
from providers.levels import views as levels
from providers.register import views as register
from providers.succession import views as succession
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
    path("levels/<uuid:id>/met/", levels.CriterionPage.as_view(), name="level_met"),
    path("levels/<uuid:id>/told/", levels.ToldPage.as_view(), name="level_told"),
    path("levels/<uuid:id>/answer/", levels.AnswerPage.as_view(), name="level_answer"),
    path("levels/<uuid:id>/withhold/", levels.WithholdPage.as_view(), name="level_withhold"),
    path("levels/<uuid:id>/withhold/agree/", levels.AgreePage.as_view(), name="level_agree"),
    path("levels/<uuid:id>/withhold/refuse/", levels.RefusePage.as_view(), name="level_refuse"),
    path("plans/", closing.PlansPage.as_view(), name="plans"),
    path("plans/<uuid:id>/", closing.PlanPage.as_view(), name="plan"),
    path("plans/<uuid:id>/change/", closing.ChangePage.as_view(), name="plan_change"),
    path("plans/<uuid:id>/share/", closing.SharePage.as_view(), name="plan_share"),
    path("plans/<uuid:id>/council/", closing.CouncilPage.as_view(), name="plan_council"),
    path("plans/<uuid:id>/councils/<uuid:agency>/off/", closing.DropPage.as_view(), name="plan_drop"),
    path("plans/<uuid:id>/councils/<uuid:agency>/rung/", closing.RungPage.as_view(), name="plan_rung"),
    path("plans/<uuid:id>/tell/", closing.TellPage.as_view(), name="plan_tell"),
    path("plans/<uuid:id>/read/", closing.ReadPage.as_view(), name="plan_read"),
    path("plans/<uuid:id>/place/", closing.PlacePage.as_view(), name="plan_place"),
    path("plans/<uuid:id>/places/<uuid:place>/end/", closing.EndPlacePage.as_view(), name="plan_end_place"),
    path("plans/<uuid:id>/incoming/", closing.IncomingPage.as_view(), name="plan_incoming"),
    path("plans/<uuid:id>/state/", closing.StatePage.as_view(), name="plan_state"),
    path("plans/<uuid:id>/note/", closing.NotePage.as_view(), name="plan_note"),
    path("<uuid:id>/plan/", closing.MakePage.as_view(), name="make_plan"),
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
    path("<uuid:id>/succession/", succession.SuccessionPage.as_view(), name="succession"),
    path("<uuid:id>/succession/new/", succession.Link.as_view(), name="link"),
    path("succession/<uuid:id>/end/", succession.Unlink.as_view(), name="unlink"),
    path("<uuid:id>/conflict/", views.DeclareConflict.as_view(), name="declare_conflict"),
]
