"""The verification ladder and the error catalogue."""
