"""Where the interface listens: one address for all transactions, or the number appended, as provinces differ."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .attachment import Attachment, Download
from .errors import BodyTooLarge
from .jsontext import BODY_BYTES_MAX
from .service import answer, refuse

ADDRESSES = (
    r"^fsi/api/[A-Za-z]+/callService(?:/(?P<infno>\w{4,6}))?/?$",
    r"^mbs/fmi/fsi/api/callFsiService/callService(?:/(?P<infno>\w{4,6}))?/?$",
    r"^(?:[\w-]+/)?hsa/hgs/(?P<infno>\w{4,6})/?$",
    r"^uif-hsaf-med-api/api/medical/service/?$",
    r"^(?:[\w-]+/)*fsi/api/fileupload/(?:upload|download)/?$",
)
"""URL styles seen in provinces' clients (section 1.3 of the interface facts)."""


JSON = "application/json; charset=utf-8"


FORM = "multipart/form-data"
MESSAGE_PART = "jsonStr"
FILE_PARTS = ("file", "in")
"""Parts of an upload form: the message, and the file under either name (1.3 of the interface facts)."""


@csrf_exempt
@require_POST
def call_service(request: HttpRequest, infno: str | None = None) -> HttpResponseBase:
    """Answer one message. The HTTP status is 200 whatever ``infcode`` says, as clients expect."""
    try:
        said = _answered(request, infno)
    except RequestDataTooBig:
        said = refuse(BodyTooLarge(size=request.headers["Content-Length"], size_max=BODY_BYTES_MAX))
    if isinstance(said, Download):
        return StreamingHttpResponse(
            said.pieces(), content_type="application/octet-stream", headers={"Content-Length": said.stored.size}
        )
    return HttpResponse(said, content_type=JSON, headers={"Content-Length": len(said)})


def _answered(request: HttpRequest, infno: str | None) -> bytes | Download:
    if request.content_type != FORM:
        return answer(request.body, infno)
    uploaded = next((request.FILES[part] for part in FILE_PARTS if part in request.FILES), None)
    message = request.POST.get(MESSAGE_PART, "").encode()
    return answer(message, infno, Attachment(uploaded) if uploaded else None)


urlpatterns: list[URLPattern] = [re_path(address, call_service) for address in ADDRESSES]
