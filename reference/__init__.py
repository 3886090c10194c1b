"""Lists of the field with effective dates: kinds of agency, scales, clocks, powers, membership rules."""
