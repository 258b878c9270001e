"""Addresses of the server."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from yijie import __version__

from .health import healthz, metrics, readyz


def front(_request: HttpRequest) -> HttpResponse:
    """What runs here, in words, until there are pages."""
    return HttpResponse(
        f"医结 Yijie {__version__}\n国家医保接口 national HIS interface: POST /fsi/api/rsfComIfsService/callService\n",
        content_type="text/plain; charset=utf-8",
    )


urlpatterns = [
    path("", front),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("", include("yijie.interfaces.fsi.certification.page")),
    path("", include("yijie.interfaces.fsi.views")),
    path("", include("yijie.interfaces.node.http")),
]
