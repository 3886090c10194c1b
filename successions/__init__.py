"""Succession of bodies: one closes, and everything that it held is somebody else's first (NQB ch. 1; mission A10)."""
