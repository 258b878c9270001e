"""Addresses of the server."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path

from yijie import __version__

from .health import healthz, metrics, readyz


def front(request: HttpRequest) -> HttpResponse:
    """A browser is led to the pages; anything else is told in words what runs here."""
    if "text/html" in request.headers.get("Accept", ""):
        return HttpResponseRedirect("/desk/")
    return HttpResponse(
        f"医结 Yijie {__version__}\n国家医保接口 national HIS interface: POST /fsi/api/rsfComIfsService/callService\n"
        "页面 pages: /desk/\n",
        content_type="text/plain; charset=utf-8",
    )


def no_icon(_request: HttpRequest) -> HttpResponse:
    """Browsers ask for it beside whatever is no page of ours, a PDF for one; there is none to draw."""
    return HttpResponse(status=204, headers={"Cache-Control": "max-age=86400"})


urlpatterns = [
    path("", front),
    path("favicon.ico", no_icon),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("", include("yijie.interfaces.fsi.certification.page")),
    path("", include("yijie.interfaces.fsi.views")),
    path("", include("yijie.interfaces.node.http")),
    path("desk/", include("yijie.interfaces.desk.urls")),
]
