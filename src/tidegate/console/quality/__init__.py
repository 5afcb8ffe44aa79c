"""Faults of messages, by sender."""
