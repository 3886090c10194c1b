"""Pure rules: the states of visits and requests, and when visits clash or weigh on a provider."""
