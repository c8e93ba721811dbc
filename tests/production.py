"""The settings of production, but that static files need not be collected: for our programs as processes of tests."""

from config.settings import *  # noqa: F403 - settings are built so

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
