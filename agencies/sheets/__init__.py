"""Many people, roles and seats changed by one spreadsheet: read, previewed row by row, applied in one act.

`reading` makes rows of a CSV file or a workbook and never works a formula out; `rules` says what a row means;
`operations` does each row through the same operations as the pages, so that whatever is refused there is refused here.
"""
