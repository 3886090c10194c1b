"""The pages of the lists: read by everybody who is signed in, changed by an administrator of the portal."""
