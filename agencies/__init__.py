"""Who is who: agencies, the groups they form, the people who speak for them, and since when."""
