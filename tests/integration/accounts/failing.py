"""Addresses at which everything goes wrong."""

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.urls import path

from qsg_portal.urls import urlpatterns as portal

SECRET = "canary-in-the-mine"


def raising(problem):
    def view(request):
        raise problem

    view.login_required = False
    return view


def answering(status):
    def view(request):
        return HttpResponseNotAllowed(["POST"]) if status == 405 else HttpResponse(status=status)

    view.login_required = False
    return view


urlpatterns = [
    *portal,
    path("400/", raising(SuspiciousOperation(SECRET))),
    path("403/", raising(PermissionDenied(SECRET))),
    path("404/", raising(Http404(SECRET))),
    path("405/", answering(405)),
    path("409/", answering(409)),
    path("413/", raising(RequestDataTooBig(SECRET))),
    path("429/", answering(429)),
    path("500/", raising(RuntimeError(SECRET))),
    path("503/", raising(OperationalError(SECRET))),
]
handler400 = "nhsuk.errors.bad_request"
handler403 = "nhsuk.errors.permission_denied"
handler404 = "nhsuk.errors.page_not_found"
handler500 = "nhsuk.errors.server_error"
