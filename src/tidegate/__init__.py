"""Tidegate: the open risk and intelligence node of a customs administration."""

__version__ = "0.1.0"
