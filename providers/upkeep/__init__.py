"""The directory's own entry of a provider: who it is, its places, who buys from it, its groups and its licence."""
