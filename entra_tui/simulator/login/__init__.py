"""The login hosts: discovery, keys, tokens, sign-in with a device code."""
