"""The addresses of visits and of requests for information."""

from django.urls import path

from visits.views import calendar, joint, requests, sharing, visit

app_name = "visits"

urlpatterns = [
    path("", calendar.MonthPage.as_view(), name="calendar"),
    path("list/", calendar.ComingPage.as_view(), name="list"),
    path("plan/<uuid:provider>/", visit.PlanPage.as_view(), name="plan"),
    path("<uuid:id>/", visit.VisitPage.as_view(), name="visit"),
    path("<uuid:id>/change/", visit.ChangePage.as_view(), name="change"),
    path("<uuid:id>/done/", visit.DonePage.as_view(), name="done"),
    path("<uuid:id>/call-off/", visit.CancelPage.as_view(), name="cancel"),
    path("<uuid:id>/share/", sharing.ShareVisitPage.as_view(), name="share"),
    path("<uuid:id>/share-with-fewer/", sharing.LessVisitPage.as_view(), name="less"),
    path("<uuid:id>/propose-joint/", joint.ProposePage.as_view(), name="propose"),
    path("joint/<uuid:id>/", joint.AnswerProposalPage.as_view(), name="answer_proposal"),
    path("requests/", requests.RequestsPage.as_view(), name="requests"),
    path("requests/ask/<uuid:provider>/", requests.AskProviderPage.as_view(), name="ask"),
    path("requests/<uuid:id>/", requests.RequestPage.as_view(), name="request"),
    path("requests/<uuid:id>/answered/", requests.AnsweredPage.as_view(), name="answered"),
    path("requests/<uuid:id>/withdraw/", requests.WithdrawPage.as_view(), name="withdraw_request"),
    path("requests/<uuid:id>/share/", sharing.ShareRequestPage.as_view(), name="share_request"),
    path("requests/<uuid:id>/share-with-fewer/", sharing.LessRequestPage.as_view(), name="less_request"),
]
