"""What one body asks of another: offered, answered, done. Never directed."""
