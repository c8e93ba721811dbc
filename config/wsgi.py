"""The application that a web server runs: `gunicorn --config config/gunicorn.py config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

from config.compression import compressed

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = compressed(get_wsgi_application())
