"""One module a command, for scripts and support; none of them knows Textual."""
