"""Markdown to HTML that is safe to show. Pure functions: they know nothing of the database."""

from collections.abc import Iterator, Sequence
from html import unescape

import nh3
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])
TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "li"),
    *("strong", "em", "s", "a", "code", "table", "thead", "tbody", "tr", "th", "td"),
}
DEEPEST_HEADING = 6
WITH_HTML = MarkdownIt("commonmark", {"html": True})


def render(text: str) -> SafeString:
    """The Markdown `text` (CommonMark with tables, no HTML) as cleaned HTML.

    The highest heading becomes the second level, since the page's title is the first. Links keep only http, https
    and mailto.
    """
    return cleaned(parsed(text))


def blocks(text: str) -> list[SafeString]:
    """The same HTML in its paragraphs, headings, lists, quotations and tables, each by itself."""
    return [cleaned(block) for block in outermost(parsed(text))]


def sources(text: str) -> list[str]:
    """The Markdown of the same blocks, each by itself. What shows nothing, such as a link's definition, stays with the
    block before it."""
    lines = text.replace("\r\n", "\n").split("\n")
    begins = [block[0].map[0] for block in outermost(PARSER.parse(text)) if block[0].map]
    ends = [*begins[1:], len(lines)]
    found = ["\n".join(lines[begin:end]).strip("\n") for begin, end in zip([0, *begins[1:]], ends, strict=True)]
    return [block for block in found if block]


def plain(html: str) -> str:
    """What cleaned HTML says, without its markup; nothing for a rule."""
    return unescape(nh3.clean(html, tags=set())).strip()


def parsed(text: str) -> list[Token]:
    """The text's tokens, their headings moved to where they stand on a page."""
    tokens = PARSER.parse(text)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1:]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1:]) - highest + 2, DEEPEST_HEADING)}"
    return tokens


def outermost(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each block that stands in no other."""
    block: list[Token] = []
    for token in tokens:
        block.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield block
            block = []


def cleaned(tokens: Sequence[Token]) -> SafeString:
    html = PARSER.renderer.render(tokens, PARSER.options, {})
    return SafeString(
        nh3.clean(
            html,
            tags=TAGS,
            attributes={"a": {"href", "title"}, "ol": {"start"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="nofollow noopener noreferrer",
        )
    )


def words(text: str) -> str:
    """What the Markdown says, without its signs, in one line."""
    inlines = [token.children or [] for token in PARSER.parse(text)]
    said = ["".join(" " if "break" in child.type else child.content for child in inline) for inline in inlines]
    return " ".join(" ".join(said).split())


def refuse_html(text: str) -> None:
    """Raises ValidationError for HTML, which `render` would show as it was typed."""
    tokens = WITH_HTML.parse(text)
    if any(token.type.startswith("html_") for outer in tokens for token in [outer, *(outer.children or [])]):
        words = _("HTML is not taken here. Write Markdown, such as **bold** and [words](https://example.org).")
        raise ValidationError(words)
