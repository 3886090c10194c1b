"""People's accounts: who may sign in, with what, and from which sessions."""
