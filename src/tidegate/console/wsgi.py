"""The application that a web server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate.console.settings")
application = get_wsgi_application()

from tidegate.console.deciding.watching import watch  # noqa: E402

watch()
