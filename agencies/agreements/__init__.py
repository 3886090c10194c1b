"""The information-sharing agreement and the privacy notice of each group: which is in force, and who has signed."""
