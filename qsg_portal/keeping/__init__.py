"""Backups, and what is made of them: ``make backup``, ``make restore`` (docs/keeping.md).

A backup is a folder: the database at one moment, the secrets without which it cannot be read, and a manifest with the
checksum of each file and the rows and checksum of each table. Sessions are left out: nobody is signed in by a restore.
"""
