"""The pages of visits and of requests for information."""
