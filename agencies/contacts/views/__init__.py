"""The pages of the contacts: finding, changing, the numbers on one page, and a new Director's meeting."""
