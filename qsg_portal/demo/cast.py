"""Who and what the demonstration is made of: personas, their bodies, fictional providers.

The people are invented, their telephone numbers are of the range kept for drama, and every
provider that anything is said about has *Fictional* in its name.
"""

from dataclasses import dataclass

HOME_GROUP = "Q46"  # Greater Manchester
NEIGHBOUR_GROUP = "Q47"  # Lancashire
REGION = "Y54"  # North of England
MARK = "@demo.example"


@dataclass(frozen=True)
class Body:
    """How a persona's body is found: by its ODS code, or by kind and name."""

    ods_code: str = ""
    kind: str = ""
    name: str = ""


AREA_TEAM = Body(ods_code="Q46")
NEIGHBOUR_TEAM = Body(ods_code="Q47")
REGIONAL_TEAM = Body(ods_code="Y54")
OLDHAM_CCG = Body(ods_code="00Y")
BURY_CCG = Body(ods_code="00V")
BOLTON_CCG = Body(ods_code="00T")
STOCKPORT_CCG, SALFORD_CCG, TRAFFORD_CCG = (Body(ods_code=code) for code in ("01W", "01G", "02A"))
COUNCIL = Body(kind="local_authority", name="Oldham council")
CQC = Body(kind="cqc", name="Care Quality Commission")
MONITOR = Body(kind="monitor", name="Monitor")
TDA = Body(kind="nhs_tda", name="NHS Trust Development Authority")
GMC = Body(kind="professional_regulator", name="General Medical Council")
HEALTHWATCH = Body(kind="local_healthwatch", name="Healthwatch Oldham")
CLOSING = Body(kind="local_healthwatch", name="Fictional Healthwatch Saddleworth")
SUCCESSOR = Body(kind="local_healthwatch", name="Fictional Healthwatch Medlock Vale")
LETB = Body(kind="letb", name="Health Education North West")


@dataclass(frozen=True)
class Persona:
    """Somebody who signs in to the demonstration.

    Attributes:
        mark: what stands before the ``@``.
        name: invented.
        post: what they are, in words.
        body: whom they act for.
        role: the role of their membership.
        seats: (group's ODS code, kind, cleared) each; ``*`` stands for every group of the region.
        portal_role: a role at the portal, if any.
        posts: posts held in the directory.
        codes_only: signs in with printed codes, having no smartphone.
    """

    mark: str
    name: str
    post: str
    body: Body
    role: str = ""
    seats: tuple[tuple[str, str, bool], ...] = ()
    portal_role: str = ""
    posts: tuple[str, ...] = ()
    codes_only: bool = False

    @property
    def email(self) -> str:
        """The sign-in name."""
        return f"{self.mark}{MARK}"


LEAD, CONTRIBUTOR, ADMINISTRATOR = "agency_lead", "contributor", "agency_administrator"
HOME, EVERY = HOME_GROUP, "*"

PERSONAS = (
    Persona(
        "chair",
        "Margaret Oyelaran",
        "Area team director, chair of the local group",
        AREA_TEAM,
        LEAD,
        ((HOME, "chair", True), (REGION, "representative", True)),
        posts=("director", "safeguarding_lead"),
    ),
    Persona(
        "region",
        "David Featherstone",
        "Regional director, chair of the regional group",
        REGIONAL_TEAM,
        LEAD,
        ((REGION, "chair", True),),
        posts=("regional_director", "deputy"),
    ),
    Persona(
        "secretariat",
        "Sunita Rao",
        "Secretariat of the local group",
        AREA_TEAM,
        CONTRIBUTOR,
        ((HOME, "secretariat", True),),
        posts=("deputy",),
    ),
    Persona(
        "ccg",
        "Helen Braithwaite",
        "Head of quality",
        OLDHAM_CCG,
        LEAD,
        ((HOME, "representative", True),),
        posts=("safeguarding_lead",),
    ),
    Persona("ccg2", "Tomasz Nowak", "Quality manager, no seat", OLDHAM_CCG, CONTRIBUTOR),
    Persona(
        "cqc",
        "Aisha Rahman",
        "Inspection manager",
        CQC,
        LEAD,
        ((EVERY, "representative", True), (REGION, "representative", True)),
        posts=("safeguarding_lead",),
    ),
    Persona(
        "council",
        "Peter Lockwood",
        "Safeguarding manager, for the Director of Adult Social Services",
        COUNCIL,
        LEAD,
        ((HOME, "representative", True),),
        posts=("safeguarding_lead_adults", "safeguarding_lead_children", "out_of_hours"),
    ),
    Persona(
        "healthwatch",
        "Jean Whitworth",
        "Volunteer",
        HEALTHWATCH,
        CONTRIBUTOR,
        ((HOME, "representative", False),),
        codes_only=True,
    ),
    Persona(
        "gmc",
        "Dr Colin Ferris",
        "Employer Liaison Adviser",
        GMC,
        LEAD,
        ((REGION, "representative", False),),
        posts=("employer_liaison_adviser",),
    ),
    Persona(
        "monitor",
        "Rebecca Stone",
        "Relationship manager",
        MONITOR,
        LEAD,
        ((EVERY, "representative", True), (REGION, "representative", True)),
    ),
    Persona(
        "neighbour",
        "Graham Entwistle",
        "Chair of the neighbouring group",
        NEIGHBOUR_TEAM,
        LEAD,
        ((NEIGHBOUR_GROUP, "chair", True),),
    ),
    Persona(
        "admin",
        "Priya Nair",
        "Portal administrator",
        Body(kind="nhs_england", name="NHS England"),
        portal_role="portal_administrator",
    ),
    Persona(
        "auditor",
        "Owen Price",
        "Auditor",
        Body(kind="nhs_england", name="NHS England"),
        portal_role="auditor",
    ),
)

OTHERS = (
    Persona("bury", "Karen Ogden", "Head of quality", BURY_CCG, LEAD, ((HOME, "representative", True),)),
    Persona(
        "bolton", "Imran Sheikh", "Director of nursing", BOLTON_CCG, LEAD, ((HOME, "representative", False),)
    ),
    Persona("tda", "Lucy Armitage", "Delivery manager", TDA, LEAD, ((HOME, "representative", True),)),
    Persona("letb", "Dr Amara Eze", "Postgraduate dean", LETB, LEAD, ((HOME, "representative", False),)),
    Persona(
        "closing",
        "Doreen Kershaw",
        "Chief officer of a body that closes",
        CLOSING,
        LEAD,
        ((HOME, "representative", False),),
        posts=("safeguarding_lead",),
    ),
    Persona(
        "successor",
        "Malcolm Hirst",
        "Chief officer of the body that takes its place",
        SUCCESSOR,
        LEAD,
        ((HOME, "representative", False),),
        posts=("safeguarding_lead",),
    ),
    Persona("successor2", "Stella Byrom", "Administrator of the same body", SUCCESSOR, ADMINISTRATOR),
)
"""People who raise things and answer in the story; they sign in like the personas."""

NEWCOMER = "Rosalind Marsh"
"""Invited, and not joined yet: their link is in the demonstration's mail."""

NEW_DIRECTOR, STAND_IN = "Ruth Ashworth", "Nadia Iqbal"
"""Named in the directory and not signing in: a new Director of Adult Social Services, and who stands in for a lead."""

RUNG = ((STOCKPORT_CCG, "Frances Lowe"), (SALFORD_CCG, "Dilip Mistry"), (TRAFFORD_CCG, "Joan Tyldesley"))
"""Named too: whom to ring at bodies of the local group for which nobody sits."""

ADDED_BODIES = (HEALTHWATCH, LETB, CLOSING, SUCCESSOR)
"""Bodies that the source files lack, added as an administrator would."""


@dataclass(frozen=True)
class Service:
    """A fictional provider: its name, kind, and who buys from it, the lead first."""

    code: str
    name: str
    kind: str
    town: str
    commissioners: tuple[Body, ...]
    group: str = HOME_GROUP


SERVICES = (
    Service("ZZX01", "Fictional Millgate Hospitals NHS Trust", "nhs_trust", "Oldham", (OLDHAM_CCG, BURY_CCG)),
    Service(
        "ZZX02",
        "Fictional Pennine Edge NHS Foundation Trust",
        "foundation_trust",
        "Bury",
        (BURY_CCG, OLDHAM_CCG, BOLTON_CCG),
    ),
    Service("ZZX03", "Fictional Hollin House care home", "care_home", "Oldham", (COUNCIL,)),
    Service("ZZX04", "Fictional Beechwood Surgery", "primary_care", "Oldham", (AREA_TEAM,)),
    Service("ZZX05", "Fictional Canal Street Medical Centre", "primary_care", "Bolton", (AREA_TEAM,)),
    Service("ZZX06", "Fictional Moorside Home Care", "home_care", "Oldham", (COUNCIL,)),
    Service("ZZX07", "Fictional Ashdown independent hospital", "independent_hospital", "Bury", (OLDHAM_CCG,)),
    Service(
        "ZZX08",
        "Fictional Tandle Hill mental health service",
        "mental_health",
        "Oldham",
        (OLDHAM_CCG, BOLTON_CCG),
    ),
    Service("ZZX09", "Fictional Weavers Court nursing home", "care_home", "Bury", (BURY_CCG,)),
    Service(
        "ZZX10", "Fictional Ribble Bank NHS Trust", "nhs_trust", "Preston", (NEIGHBOUR_TEAM,), NEIGHBOUR_GROUP
    ),
    Service("ZZX11", "Fictional Tame Valley Home Care", "home_care", "Oldham", (COUNCIL,)),
)


def telephone(number: int) -> str:
    """Return a telephone number of the range kept for drama."""
    return f"0161 496 0{number:03d}"
