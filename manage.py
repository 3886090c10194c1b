#!/usr/bin/env python
"""Run the portal's management commands."""

import os
import sys

try:
    from django.core.management import execute_from_command_line

    from qsg_portal.surroundings import CannotStart
except ModuleNotFoundError as missing:
    sys.exit(f"The module {missing.name} is missing. The portal's own environment has it: make run")

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qsg_portal.settings")
    try:
        execute_from_command_line(sys.argv)
    except CannotStart as refusal:
        sys.exit(str(refusal))
