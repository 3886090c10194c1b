"""Who may do what, and who may see what: the only door to sight."""
