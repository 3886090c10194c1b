"""The national size, built and measured: ``make bench`` and ``make load``.

``data`` builds a database of its own, ``pages`` says what is measured and as whom, beside the same pages without permission
and with a grant on each concern, ``measure`` times them and compares their rows, ``report`` prints and writes. ``load`` serves
it to many readers at once, each a ``reading.Reader``.
"""
