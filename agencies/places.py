"""Where somebody looks after people: at one agency, or at the portal for all of them."""

from uuid import UUID

from access.principal import PORTAL, Principal
from agencies.models import Agency

# Stands in a look-up for the body of somebody who acts for none, or the account of a system: finds nothing.
NOBODY = UUID(int=0)


class PeopleOf:
    """One agency's people: its own administrators look after them, and the portal's."""

    def __init__(self, agency: Agency) -> None:
        self.agency = agency

    def roles_of(self, principal: Principal) -> set[str]:
        """The roles held at the agency and at the portal."""
        return self.agency.roles_of(principal) | PORTAL.roles_of(principal)


class _SomePeople:
    """Some people or other: those of one's own body, or everybody's for the portal's administrator."""

    def roles_of(self, principal: Principal) -> set[str]:
        """The roles held at one's own body and at the portal."""
        return set(principal.agency_roles) | PORTAL.roles_of(principal)


SOME_PEOPLE = _SomePeople()
