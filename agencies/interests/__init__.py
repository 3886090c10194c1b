"""The register of interests: who is tied to which provider, said by each person, and confirmed each year."""
