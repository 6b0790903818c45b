"""The practice tenant: Microsoft's login and Graph services, simulated faithfully."""
