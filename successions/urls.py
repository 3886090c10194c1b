"""The addresses of successions."""

from django.urls import path

from successions.views import answering, offering, reading

app_name = "successions"

urlpatterns = [
    path("", reading.SuccessionsPage.as_view(), name="list"),
    path("of/<uuid:id>/", offering.OpenSuccession.as_view(), name="open"),
    path("<uuid:id>/", reading.SuccessionPage.as_view(), name="detail"),
    path("<uuid:id>/undo/", offering.UndoSuccession.as_view(), name="undo"),
    path("<uuid:id>/close/", offering.CloseBody.as_view(), name="close"),
    path("<uuid:id>/hand-on/<slug:kind>/", offering.HandOn.as_view(), name="hand_on"),
    path("<uuid:id>/offer/", offering.OfferElsewhere.as_view(), name="elsewhere"),
    path("offers/<uuid:id>/accept/", answering.Accept.as_view(), name="accept"),
    path("offers/<uuid:id>/decline/", answering.Decline.as_view(), name="decline"),
    path("offers/<uuid:id>/take-back/", answering.TakeBack.as_view(), name="take_back"),
]
