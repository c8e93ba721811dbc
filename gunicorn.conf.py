"""What gunicorn reads by itself where it is started. Who read which page is written nowhere."""

from config.logs import LOGGING

accesslog = None
logconfig_dict = LOGGING
