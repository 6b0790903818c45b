"""Tests of the ladder and the catalogue."""
