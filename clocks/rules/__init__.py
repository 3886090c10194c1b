"""The rules of clocks: pure functions and tables, in three parts.

``intervals``: when a clock is due. ``steps``: what it does on its way. ``states``: what may follow what, and what
counts as met.
"""
