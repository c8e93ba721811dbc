"""How gunicorn serves the site: `gunicorn --config config/gunicorn.py config.wsgi`."""

from gunicorn.http import message

from config.logs import LOGGING

accesslog = None  # who read which page is written nowhere
logconfig_dict = LOGGING
no_control_socket = True  # nothing here is to be steered from outside
threads = 4
timeout = 300  # seconds: lists of thousands of organizations take long

# Bytes of an address, so that whoever searches for ten thousand letters of any alphabet, each written as six, gets our
# page. So much is held in memory for each connection that has sent no whole line yet. Of itself gunicorn takes either
# 8190 at most or any number at all, and that would fill the memory.
limit_request_line = message.MAX_REQUEST_LINE = 64 * 1024
