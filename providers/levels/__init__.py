"""The surveillance level of a provider in a group: set with reasons, for a time, and never a rating."""
