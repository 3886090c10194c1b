"""The portal's settings inside the rig: its own, and the family of drills."""

from qsg_portal.settings import *  # noqa: F403
from qsg_portal.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "qsg_portal.faults"]
