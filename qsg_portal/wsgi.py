"""The door through which the web server calls the portal."""

import os
import sys

from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection

from qsg_portal.patience import lose_patience_with_a_silent_database
from qsg_portal.surroundings import CannotStart

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qsg_portal.settings")
lose_patience_with_a_silent_database()
application = get_wsgi_application()

from qsg_portal.boot import insist_on_migrations, insist_on_no_personas  # noqa: E402 - the apps come first

try:
    insist_on_migrations()
    insist_on_no_personas()
except CannotStart as refusal:
    sys.exit(str(refusal))
except OperationalError:
    pass  # away for the moment: /health is red until it is back
finally:
    connection.close()  # no process that is forked from this one may share it
