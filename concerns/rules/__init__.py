"""The rules of concerns: pure functions and tables.

``states``: what may follow what. ``content``: what a concern must say. ``sharing``: with whom, and who
will not see it. ``origins``: how many sources agree. ``danger``: who was rung. ``words``: how changes read.
"""
