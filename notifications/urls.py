"""The addresses of the inbox."""

from django.urls import path

from notifications.views import InboxPage, MessagePage, ToldPage, UnreachedPage

app_name = "notifications"

urlpatterns = [
    path("", InboxPage.as_view(), name="inbox"),
    path("unreached/", UnreachedPage.as_view(), name="unreached"),
    path("<uuid:id>/", MessagePage.as_view(), name="message"),
    path("<uuid:id>/told-by-phone/", ToldPage.as_view(), name="told"),
]
