"""The pages composed of everything: home, provider, group, and who sees or saw what."""
