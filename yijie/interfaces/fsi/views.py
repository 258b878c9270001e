"""Where the interface listens: one address for all transactions, or the number appended, as provinces differ."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .errors import BodyTooLarge
from .jsontext import BODY_BYTES_MAX
from .service import answer, refuse

ADDRESSES = (
    r"^fsi/api/[A-Za-z]+/callService(?:/(?P<infno>\w{4,6}))?/?$",
    r"^mbs/fmi/fsi/api/callFsiService/callService(?:/(?P<infno>\w{4,6}))?/?$",
    r"^(?:[\w-]+/)?hsa/hgs/(?P<infno>\w{4,6})/?$",
    r"^uif-hsaf-med-api/api/medical/service/?$",
)
"""URL styles seen in provinces' clients (section 1.3 of the interface facts)."""


JSON = "application/json; charset=utf-8"


@csrf_exempt
@require_POST
def call_service(request: HttpRequest, infno: str | None = None) -> HttpResponse:
    """Answer one message. The HTTP status is 200 whatever ``infcode`` says, as clients expect."""
    try:
        said = answer(request.body, infno)
    except RequestDataTooBig:
        said = refuse(BodyTooLarge(size=request.headers["Content-Length"], size_max=BODY_BYTES_MAX))
    return HttpResponse(said, content_type=JSON, headers={"Content-Length": len(said)})


urlpatterns: list[URLPattern] = [re_path(address, call_service) for address in ADDRESSES]
