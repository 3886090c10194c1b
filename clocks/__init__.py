"""Deadlines as facts in the database: clocks, their steps, and the tick that notices what is due."""
