"""The only writers of concerns and of what is said about them."""
