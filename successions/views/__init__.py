"""The pages of successions: to read, to offer, to answer."""
