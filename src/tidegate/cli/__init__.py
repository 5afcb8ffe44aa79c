"""The command line: one file a command, each a thin way to call the rooms below."""

from tidegate.cli.app import app, main

__all__ = ["app", "main"]
