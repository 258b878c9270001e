"""Where the interface listens: one address for all transactions, or the number appended, as provinces differ."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .errors import BodyTooLarge, err_msg
from .gateway_errors import GatewayRefusal
from .jsontext import BODY_BYTES_MAX
from .service import answer, refuse
from .tokens import new_token

ADDRESSES = (
    r"^fsi/api/[A-Za-z]+/callService(?:/(?P<infno>\w{4,6}))?/?$",
    r"^mbs/fmi/fsi/api/callFsiService/callService(?:/(?P<infno>\w{4,6}))?/?$",
    r"^(?:[\w-]+/)?hsa/hgs/(?P<infno>\w{4,6})/?$",
    r"^uif-hsaf-med-api/api/medical/service/?$",
)
"""URL styles seen in provinces' clients (section 1.3 of the interface facts)."""

TOKENS_AT = r"^auth/oauth/token/?$"

JSON = "application/json; charset=utf-8"
UNAUTHORIZED = 401


@csrf_exempt
@require_POST
def call_service(request: HttpRequest, infno: str | None = None) -> HttpResponse:
    """Answer one message. The HTTP status is 200 whatever ``infcode`` says, as clients expect."""
    try:
        said = answer(request.body, infno, request.META)
    except GatewayRefusal as refusal:
        return _unauthorized(refusal)
    except RequestDataTooBig:
        said = refuse(BodyTooLarge(size=request.headers["Content-Length"], size_max=BODY_BYTES_MAX))
    return HttpResponse(said, content_type=JSON, headers={"Content-Length": len(said)})


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """The token endpoint of the OAuth2 gateway."""
    try:
        said = new_token(request.headers.get("Authorization", ""), request.POST)
    except GatewayRefusal as refusal:
        return _unauthorized(refusal)
    return JsonResponse(said, headers={"Cache-Control": "no-store"})


def _unauthorized(refusal: GatewayRefusal) -> HttpResponse:
    """What gateways answer instead of the platform."""
    said = {"code": UNAUTHORIZED, "message": err_msg(refusal)}
    headers = {"WWW-Authenticate": "Bearer"}
    return JsonResponse(said, status=UNAUTHORIZED, headers=headers, json_dumps_params={"ensure_ascii": False})


urlpatterns: list[URLPattern] = [
    *(re_path(address, call_service) for address in ADDRESSES),
    re_path(TOKENS_AT, token),
]
