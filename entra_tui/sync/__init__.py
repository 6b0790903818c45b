"""Graph pages into a lookup list, as an asynchronous iterator of events."""
