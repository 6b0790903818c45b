"""Where things are kept: configuration, secrets, lookup lists, drafts."""
