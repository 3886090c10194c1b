"""The portal: its settings, its surroundings, and the pages composed of everything below."""
