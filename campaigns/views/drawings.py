"""What is drawn, as it is served: kept a minute by any cache, and drawn only for who does not have it yet."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag

from ..drawings import Drawing
from ..typefaces import Unavailable

UNAVAILABLE = 503


def answer(request: HttpRequest, drawing: Drawing, name: str) -> HttpResponse:
    """Its file, to be shown in the browser and saved under that name."""
    etag = quote_etag(drawing.etag)
    if get_conditional_response(request, etag):
        response: HttpResponse = HttpResponseNotModified()
    else:
        try:
            response = HttpResponse(drawing.kept(), content_type=drawing.content_type)
        except Unavailable as reason:
            return HttpResponse(str(reason), status=UNAVAILABLE, content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'inline; filename="{name}"'
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=60)
    return response
