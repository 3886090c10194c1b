"""Commands of the provider directory."""
