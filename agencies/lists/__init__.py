"""The lists the portal works by: read by everybody, changed by an administrator from a day on."""
