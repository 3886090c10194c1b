"""The pages of the directory, of groups' seats and of people."""
