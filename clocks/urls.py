"""The addresses of clocks."""

from django.urls import path

from clocks.views import ProofPage

app_name = "clocks"

urlpatterns = [
    path("<uuid:id>/", ProofPage.as_view(), name="proof"),
]
