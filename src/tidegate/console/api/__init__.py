"""The door for other systems: declarations in, decisions and findings out, under /api/v1."""
