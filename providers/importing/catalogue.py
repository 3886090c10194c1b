"""Every kind of file that can be brought in, by its code."""

from providers.importing.bodies import HealthAuthorities, LocalCommissioners
from providers.importing.entities import Practices, Trusts
from providers.importing.kinds import Kind
from providers.importing.places import Sites

KINDS: dict[str, type[Kind]] = {
    "trusts": Trusts,
    "sites": Sites,
    "practices": Practices,
    "ccgs": LocalCommissioners,
    "health_authorities": HealthAuthorities,
}
ODS_KINDS = tuple(KINDS)
