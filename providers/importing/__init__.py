"""Imports that can be run every month: read, compare with what stands, show, apply whole or not at all.

A file is read safely by `reference.sent_files`; a `Kind` (`kinds`) says how a row of it is understood, compared and
kept; `comparing` turns a file into differences, batch by batch; `operations` keeps a preview and applies exactly what
was previewed
(CQC and NHSCB 2.2: the bodies share what they know of providers, so all must mean the same provider).
"""
