"""What leaves the program for other people: commands, a message, the connector's sheet, evidence."""
