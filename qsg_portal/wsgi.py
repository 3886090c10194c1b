"""The door through which the web server calls the portal."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from qsg_portal.patience import lose_patience_with_a_silent_database
from qsg_portal.surroundings import CannotStart

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qsg_portal.settings")
lose_patience_with_a_silent_database()
try:
    application = get_wsgi_application()
except CannotStart as refusal:
    sys.exit(str(refusal))

from qsg_portal.boot import start_or_say_why_not  # noqa: E402 - the apps come first

start_or_say_why_not()
