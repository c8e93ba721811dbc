"""What is drawn, as it is served: drawn only for who does not have it yet."""

from django.http import HttpRequest, HttpResponse

from ..drawings import Busy, Drawing
from ..typefaces import Unavailable
from .keeping import unless_known

UNAVAILABLE = 503


def answer(request: HttpRequest, drawing: Drawing, name: str) -> HttpResponse:
    """Its file, to be shown in the browser and saved under that name."""

    def file() -> HttpResponse:
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return HttpResponse(drawing.kept(), content_type=drawing.content_type, headers=headers)

    try:
        return unless_known(request, drawing.etag, file)
    except Unavailable as reason:
        headers = {"Retry-After": str(reason.seconds)} if isinstance(reason, Busy) else {}
        return HttpResponse(str(reason), status=UNAVAILABLE, content_type="text/plain; charset=utf-8", headers=headers)
