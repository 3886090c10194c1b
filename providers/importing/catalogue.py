"""Every kind of file that can be brought in, by its code."""

from pathlib import Path

from providers.importing.bodies import HealthAuthorities, LocalCommissioners
from providers.importing.entities import Practices, Trusts
from providers.importing.kinds import Kind
from providers.importing.places import Sites
from providers.importing.regulated import Answers, Directory

KINDS: dict[str, type[Kind]] = {
    "trusts": Trusts,
    "sites": Sites,
    "practices": Practices,
    "ccgs": LocalCommissioners,
    "health_authorities": HealthAuthorities,
    "cqc_directory": Directory,
    "cqc_answers": Answers,
}
CQC_KINDS = ("cqc_directory", "cqc_answers")
ODS_KINDS = tuple(code for code in KINDS if code not in CQC_KINDS)


def cqc_kind(path: Path) -> str:
    """Return which kind of file of the Care Quality Commission this is; what cannot be read is told apart later."""
    try:
        with path.open("rb") as file:
            answers = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    except OSError:
        answers = False
    return "cqc_answers" if answers else "cqc_directory"
