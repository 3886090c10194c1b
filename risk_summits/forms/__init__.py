"""What people fill in about risk summits, split by the field's nouns."""
