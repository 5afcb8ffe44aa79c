"""Names and numbers to look out for."""
