"""The one service layer between the program and Microsoft."""

from entra_tui.graph.spared_parts import spare_unused_parts

spare_unused_parts()
