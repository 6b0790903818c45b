"""The one service layer between the program and Microsoft."""
