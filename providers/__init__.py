"""Who gives care, where, who buys it from them, and in whose footprint they stand."""
