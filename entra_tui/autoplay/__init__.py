"""A scenario that plays by itself: keys and pastes go in as from a person, captions say what happens."""
