"""Tests of the plain values and rules."""
