"""Risk summits: what the bodies around a provider do when something may be going badly wrong."""
