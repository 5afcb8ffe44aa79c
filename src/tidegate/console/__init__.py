"""The console: where officers work, and the door for other systems.

A Django project. What it decides, it asks the library.
"""
