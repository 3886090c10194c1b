"""Every address of the portal."""

from django.urls import URLPattern, URLResolver, include, path

from qsg_portal.health import HealthPage
from qsg_portal.metrics import MetricsPage
from qsg_portal.pages.about import AboutDataPage
from qsg_portal.pages.demonstration import DemonstrationPage
from qsg_portal.pages.forming import KeepFootprint, ProposedMembers, SetUpPage
from qsg_portal.pages.groups import GroupPage, VacanciesPage
from qsg_portal.pages.home import HomePage
from qsg_portal.pages.providers import ProviderPage
from qsg_portal.pages.records import ReadersPage, WhoSawPage, WhoSawThisPage, WhyPage

urlpatterns: list[URLPattern | URLResolver] = [
    path("", HomePage.as_view(), name="home"),
    path("providers/<uuid:id>/", ProviderPage.as_view(), name="provider"),
    path("groups/<uuid:id>/", GroupPage.as_view(), name="group"),
    path("groups/<uuid:id>/vacancies/", VacanciesPage.as_view(), name="vacancies"),
    path("groups/<uuid:id>/set-up/", SetUpPage.as_view(), name="set_up"),
    path("groups/<uuid:id>/footprint/", KeepFootprint.as_view(), name="footprint"),
    path("groups/<uuid:id>/members/proposed/", ProposedMembers.as_view(), name="proposed_members"),
    path("", include("agencies.urls")),
    path("successions/", include("successions.urls")),
    path("providers/", include("providers.urls")),
    path("about/data/", AboutDataPage.as_view(), name="about_data"),
    path("records/<uuid:id>/why/", WhyPage.as_view(), name="record_why"),
    path("records/<uuid:id>/readers/", ReadersPage.as_view(), name="record_readers"),
    path("records/<uuid:id>/who-saw/", WhoSawThisPage.as_view(), name="record_saw"),
    path("demonstration/", DemonstrationPage.as_view(), name="demonstration"),
    path("who-saw-what/", WhoSawPage.as_view(), name="who_saw"),
    path("health", HealthPage.as_view(), name="health"),
    path("metrics", MetricsPage.as_view(), name="metrics"),
    path("inbox/", include("notifications.urls")),
    path("clocks/", include("clocks.urls")),
    path("actions/", include("actions.urls")),
    path("concerns/", include("concerns.urls")),
    path("visits/", include("visits.urls")),
    path("meetings/", include("meetings.urls")),
    path("risk-summits/", include("risk_summits.urls")),
    path("", include("qsg_portal.account_urls")),
    path("api/v1/", include("qsg_portal.api_urls")),
]

handler400 = "nhsuk.errors.bad_request"
handler403 = "nhsuk.errors.permission_denied"
handler404 = "nhsuk.errors.page_not_found"
handler500 = "nhsuk.errors.server_error"
