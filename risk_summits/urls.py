"""The addresses of risk summits; ``id`` is the headline's."""

from django.urls import path

from risk_summits.views import calling, detail, listing

app_name = "risk_summits"

urlpatterns = [
    path("", listing.SummitList.as_view(), name="list"),
    path("call/", calling.TriggerPage.as_view(), name="trigger"),
    path("<uuid:id>/", detail.SummitPage.as_view(), name="detail"),
]
