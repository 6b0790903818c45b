"""A support report: the ladder of one connector with its requests, redacted, readable, and able to be replayed."""
