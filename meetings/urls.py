"""The addresses of meetings."""

from django.urls import path

from meetings import views

app_name = "meetings"

urlpatterns = [
    path("convene/<uuid:of>/", views.ConvenePage.as_view(), name="convene"),
    path("record-a-call/<uuid:of>/", views.RecordCallPage.as_view(), name="record_call"),
    path("<uuid:id>/", views.MeetingPage.as_view(), name="detail"),
    path("<uuid:id>/calendar/", views.CalendarPage.as_view(), name="calendar"),
    path("<uuid:id>/answer/", views.AnswerPage.as_view(), name="answer"),
    path("<uuid:id>/move/", views.MovePage.as_view(), name="move"),
    path("<uuid:id>/invite/", views.InvitePage.as_view(), name="invite"),
    path("<uuid:id>/cancel/", views.CancelPage.as_view(), name="cancel"),
    path("<uuid:id>/record/", views.HeldPage.as_view(), name="record"),
    path("<uuid:id>/correct/", views.CorrectPage.as_view(), name="correct"),
]
