"""What a regulatory record may hold, how ratings add up, and when breaches form a pattern."""
