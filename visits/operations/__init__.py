"""The only writers of visits, of proposals to go together, and of requests for information."""
