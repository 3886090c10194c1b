"""The rules of a risk summit: pure functions and tables, one file a noun.

``calling``: who may call one and who is called. ``stages``: what may follow what.
``sealing``: when the bodies' views are revealed. ``judging``: who judges, when, and which
judgement starts the response. ``ring``: who leads the response, at every moment.
``response``: how soon the bodies meet. ``closing``: what must be answered before the end.
"""
