"""The door through which the web server calls the portal."""

import os

from django.core.wsgi import get_wsgi_application

from qsg_portal.patience import lose_patience_with_a_silent_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qsg_portal.settings")
lose_patience_with_a_silent_database()
application = get_wsgi_application()
