"""The program as numbered questions and plain lines, for screen readers, serial consoles and pipes."""
