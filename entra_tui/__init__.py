"""Set up, prove and keep working the ASCERA connector for Microsoft Entra ID."""

__version__ = "0.1.0"
