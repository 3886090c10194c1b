"""The fault test: what happens to deadlines while everything around them is killed.

``make faults`` runs it on a database, a broker and a mail server of its own, with the same processes that ``make run``
starts, and prints the figures beside their limits. ``rig`` starts, kills and freezes; ``drill`` (a command inside the
rig) sets deadlines and measures; ``control`` keeps the same deadlines as timers in the broker, to show that the test
can fail.
"""
