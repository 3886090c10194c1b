"""What the portal refuses to start with."""

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from qsg_portal.demo.cast import MARK
from qsg_portal.surroundings import CannotStart


def insist_on_migrations() -> None:
    """Refuse a database that is behind the code.

    Raises:
        CannotStart: some migration has not been applied.
    """
    executor = MigrationExecutor(connection)
    steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if steps:
        raise CannotStart(
            f"The database is {steps} steps behind the portal. Bring it up to date as the owner of its tables: "
            "DATABASE_URL=… python manage.py make_ready"
        )


def insist_on_no_personas() -> None:
    """Refuse, outside the demonstration, a database that holds its people.

    Their one password is printed at every start of a demonstration; nobody may sign in with it
    where the concerns are real.

    Raises:
        CannotStart: there is an account of the demonstration.
    """
    if not settings.DEMO and User.objects.filter(email__endswith=MARK).exists():
        raise CannotStart(
            f"This database holds accounts of the demonstration (…{MARK}), and this is no demonstration. "
            "Use another database (DATABASE_URL, or another DATA_DIR), or start with DEMO=true."
        )
