"""Signing in, and one's own account: django-allauth's pages, as far as the desk needs them."""
