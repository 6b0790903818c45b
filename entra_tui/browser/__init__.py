"""The program in a browser of this machine: a page, and a process of its own for each visitor."""
