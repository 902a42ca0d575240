"""The Django baseline: the same endpoints as plain synchronous views, each request its own transaction.

The checks, the sealing and the rows are Tocsin's; what is missing is the lane: no kept pages,
no group commit, the ORM for every row.

    granian --interface wsgi tocsin.cli.bench.baselines.plain:application
"""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.config.settings")
application = get_wsgi_application()
# Read at the first request.
settings.ROOT_URLCONF = "tocsin.cli.bench.baselines.plain_urls"
