"""The addresses of concerns."""

from django.urls import path

from concerns.views import deeds, detail, listing, raising, saying, sharing

app_name = "concerns"

urlpatterns = [
    path("", listing.ConcernList.as_view(), name="list"),
    path("note/", raising.QuickPage.as_view(), name="quick"),
    path("raise/", raising.StartPage.as_view(), name="start"),
    path("raise/<uuid:id>/discard/", raising.DiscardPage.as_view(), name="discard"),
    path("raise/<uuid:id>/<slug:step>/", raising.StepPage.as_view(), name="step"),
    path("levels/<uuid:id>/who-looked/", saying.LevelLookPage.as_view(), name="look_level"),
    path("safety/<uuid:id>/", saying.SafetyPage.as_view(), name="safety"),
    path("<uuid:id>/", detail.ConcernPage.as_view(), name="concern"),
    path("<uuid:id>/history/", detail.HistoryPage.as_view(), name="history"),
    path("<uuid:id>/change/", deeds.AmendPage.as_view(), name="amend"),
    path("<uuid:id>/close/", deeds.ClosePage.as_view(), name="close"),
    path("<uuid:id>/withdraw/", deeds.WithdrawPage.as_view(), name="withdraw"),
    path("<uuid:id>/share/", sharing.SharePage.as_view(), name="share"),
    path("<uuid:id>/share-with-fewer/", sharing.LessPage.as_view(), name="less"),
    path("<uuid:id>/ask-to-share/", sharing.AskPage.as_view(), name="ask"),
    path("<uuid:id>/we-see-it-too/", saying.TooPage.as_view(), name="too"),
    path("<uuid:id>/we-see-the-opposite/", saying.OppositePage.as_view(), name="opposite"),
    path("<uuid:id>/comment/", saying.CommentPage.as_view(), name="comment"),
    path("<uuid:id>/who-looked/", saying.LookPage.as_view(), name="look"),
]
