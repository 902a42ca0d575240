"""The application that a web process runs: the lane, with Django behind it.

Any ASGI server can run it; under granian it speaks RSGI, which is cheaper, as in
``granian --interface rsgi --loop uvloop --http 1 --no-ws tocsin.config.asgi:application``.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.config.settings")
django.setup()

from tocsin.kit.quiet_log import report_threads_quietly  # noqa: E402  below the set-up, like the next
from tocsin.lane.app import Lane  # noqa: E402  its tables need Django set up

report_threads_quietly()
application = Lane()
