"""Who goes to a provider when, and who asks it for what: one calendar and one register, each reader's own."""
