"""A new group from nothing to a complete membership: made, its footprint, its members, and what is still missing."""
