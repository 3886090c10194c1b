"""The regulatory record of a provider: what regulators and commissioners published of it, its ratings, and prompts."""
