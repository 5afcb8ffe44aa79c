"""The application that a web server runs."""

import gc
import os
import signal

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate.console.settings")
application = get_wsgi_application()

from tidegate.console.deciding.watching import watch  # noqa: E402
from tidegate.console.serving import bound, orphaned  # noqa: E402

bound(signal.SIGKILL)  # a worker without the process that minds it would go on taking calls, with nobody to end it
if orphaned():  # while it was starting
    os.kill(os.getpid(), signal.SIGKILL)
gc.set_threshold(20_000, 20, 20)  # a call makes and leaves thousands of objects, hardly any of them in a ring
watch()
