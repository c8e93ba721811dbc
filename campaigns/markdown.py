"""Markdown to HTML that is safe to show. Pure functions: they know nothing of the database."""

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

PARSER = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])
TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "li"),
    *("strong", "em", "s", "a", "code", "table", "thead", "tbody", "tr", "th", "td"),
}
DEEPEST_HEADING = 6


def render(text: str) -> SafeString:
    """The Markdown `text` (CommonMark with tables, no HTML) as cleaned HTML.

    The highest heading becomes the second level, since the page's title is the first. Links keep only http, https
    and mailto.
    """
    tokens = PARSER.parse(text)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1:]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1:]) - highest + 2, DEEPEST_HEADING)}"
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
