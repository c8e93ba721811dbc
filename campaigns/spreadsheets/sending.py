"""A table as a file that is downloaded."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from .writing import csv_rows, xlsx_file

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(name: str, headings: Sequence[Any], rows: Iterator[list[str]]) -> HttpResponseBase:
    response = StreamingHttpResponse(csv_rows(list(map(str, headings)), rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def as_xlsx(name: str, headings: Sequence[Any], rows: Iterator[list[str]]) -> HttpResponseBase:
    file = xlsx_file(list(map(str, headings)), rows)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)


# How a table is sent, by the ending of its file.
FORMATS: dict[str, Callable[[str, Sequence[Any], Iterator[list[str]]], HttpResponseBase]] = {
    "csv": as_csv,
    "xlsx": as_xlsx,
}
