"""Lookup lists as files: the same bytes from a command and from a screen."""
