"""How a room is shown: its parts, read once and put in words. Nothing here writes."""
