"""The addresses of actions."""

from django.urls import path

from actions import views

app_name = "actions"

urlpatterns = [
    path("", views.BoardPage.as_view(), name="board"),
    path("ask/", views.AskPage.as_view(), name="ask"),
    path("ask/from/<uuid:origin>/", views.AskPage.as_view(), name="ask_from"),
    path("ask/about/<uuid:provider>/", views.AskPage.as_view(), name="ask_about"),
    path("<uuid:id>/", views.ActionPage.as_view(), name="detail"),
    path("<uuid:id>/comment/", views.CommentPage.as_view(), name="comment"),
    path("<uuid:id>/accept/", views.AcceptPage.as_view(), name="accept"),
    path("<uuid:id>/decline/", views.DeclinePage.as_view(), name="decline"),
    path("<uuid:id>/propose/", views.CounterPage.as_view(), name="propose"),
    path("<uuid:id>/agree/", views.AgreePage.as_view(), name="agree"),
    path("<uuid:id>/keep/", views.KeepPage.as_view(), name="keep"),
    path("<uuid:id>/progress/", views.ProgressPage.as_view(), name="progress"),
    path("<uuid:id>/done/", views.DonePage.as_view(), name="done"),
    path("<uuid:id>/withdraw/", views.WithdrawPage.as_view(), name="withdraw"),
]
