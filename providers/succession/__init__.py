"""Which provider took the place of which: stated by an administrator, proposed from the reference data."""
