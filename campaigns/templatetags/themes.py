"""The site's own name, picture, colours and words."""

from django import template

from campaigns.models import SiteTheme

register = template.Library()


@register.simple_tag
def site_theme() -> SiteTheme:
    return SiteTheme.current()
