"""Where the interface listens: one address for all transactions, or the number appended, as provinces differ."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .attachment import Attachment, Download
from .door import TooManyWaiting, through
from .errors import BodyTooLarge, FormUnreadable, err_msg
from .gateway_errors import GatewayRefusal
from .jsontext import BODY_BYTES_MAX
from .service import answer, refuse
from .tokens import new_token

ADDRESSES = (
    r"^fsi/api/[A-Za-z]+/callService(?:/(?P<infno>\w{4,6}))?/?$",
    r"^mbs/fmi/fsi/api/callFsiService/callService(?:/(?P<infno>\w{4,6}))?/?$",
    r"^(?:[\w-]+/)?hsa/hgs/(?P<infno>\w{4,6})/?$",
    r"^uif-hsaf-med-api/api/medical/service/?$",
    r"^(?:[\w-]+/)*fsi/api/fileupload/(?:upload|download)/?$",
)
"""URL styles seen in provinces' clients (section 1.3 of the interface facts)."""

TOKENS_AT = r"^auth/oauth/token/?$"

JSON = "application/json; charset=utf-8"
UNAUTHORIZED = 401

FORM = "multipart/form-data"
MESSAGE_PART = "jsonStr"
FILE_PARTS = ("file", "in")
"""Parts of an upload form: the message, and the file under either name (1.3 of the interface facts)."""
FORM_BYTES_MAX = 208 * 1024 * 1024
"""A file of 200 MiB, which is the most that is kept, and its message."""


@csrf_exempt
@require_POST
def call_service(request: HttpRequest, infno: str | None = None) -> HttpResponseBase:
    """Answer one message. The HTTP status is 200 whatever ``infcode`` says, as clients expect."""
    try:
        said = _answered(request, infno)
    except GatewayRefusal as refusal:
        return _unauthorized(refusal)
    except RequestDataTooBig:
        said = refuse(BodyTooLarge(size=request.headers.get("Content-Length", ""), size_max=BODY_BYTES_MAX))
    except (MultiPartParserError, TooManyFilesSent):
        said = refuse(FormUnreadable())
    except (TooManyWaiting, BodyTooLarge) as refusal:
        said = refuse(refusal)
    if isinstance(said, Download):
        return StreamingHttpResponse(
            _streamed(said), content_type="application/octet-stream", headers={"Content-Length": said.stored.size}
        )
    return HttpResponse(said, content_type=JSON, headers={"Content-Length": len(said)})


def _answered(request: HttpRequest, infno: str | None) -> bytes | Download:
    if request.content_type != FORM:
        return through(partial(answer, request.body, infno, None, request.META))
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if size > FORM_BYTES_MAX:
        raise BodyTooLarge(size=size, size_max=FORM_BYTES_MAX)
    uploaded = next((request.FILES[part] for part in FILE_PARTS if part in request.FILES), None)
    message = request.POST.get(MESSAGE_PART, "").encode("utf-8", "surrogatepass")
    return through(partial(answer, message, infno, Attachment(uploaded) if uploaded else None, request.META))


def _streamed(download: Download) -> Iterator[bytes]:
    """The file; its session ends with it, because the web server has far more threads than the database sessions."""
    try:
        yield from download.pieces()
    finally:
        connection.close()


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """The token endpoint of the OAuth2 gateway."""
    try:
        said = through(partial(new_token, request.headers.get("Authorization", ""), request.POST))
    except GatewayRefusal as refusal:
        return _unauthorized(refusal)
    except TooManyWaiting as busy:
        return JsonResponse({"code": 503, "message": err_msg(busy)}, status=503, headers={"Retry-After": "1"})
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
