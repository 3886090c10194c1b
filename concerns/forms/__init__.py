"""What people fill in about concerns."""
