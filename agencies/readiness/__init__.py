"""A body's declaration that it is ready: the report's questions, answered, signed off and published to its groups."""
