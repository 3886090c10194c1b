"""Every address of the portal."""

from django.urls import URLPattern, URLResolver, include, path

from qsg_portal.health import HealthPage

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", HealthPage.as_view(), name="health"),
    path("inbox/", include("notifications.urls")),
    path("clocks/", include("clocks.urls")),
    path("", include("qsg_portal.account_urls")),
]

handler400 = "nhsuk.errors.bad_request"
handler403 = "nhsuk.errors.permission_denied"
handler404 = "nhsuk.errors.page_not_found"
handler500 = "nhsuk.errors.server_error"
