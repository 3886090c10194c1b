"""The demonstration: real bodies as they stood in April 2013, invented people, fictional providers."""
