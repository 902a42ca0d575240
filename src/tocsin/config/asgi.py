"""The application that a web process runs: the lane, with Django behind it.

granian --interface asgi --loop uvloop --http 1 --no-ws tocsin.config.asgi:application
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.config.settings")
django.setup()

from tocsin.lane.app import Lane  # noqa: E402  its tables need Django set up

application = Lane()
