"""The pages of risk summits, split by the field's nouns."""
