from tests.wizard.conftest import _one_terminal

__all__ = ["_one_terminal"]
