"""The national size, built and measured: ``make bench`` and ``make load``.

``data`` builds a database of its own, ``pages`` says what is measured and as whom, ``limits`` the same pages without
permission and with a grant on each concern, ``measure`` times them and compares their rows, ``report`` prints and writes.
"""
