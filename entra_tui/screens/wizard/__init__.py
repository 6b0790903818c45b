"""The wizard: one frame, and a body for each of the seven steps."""
