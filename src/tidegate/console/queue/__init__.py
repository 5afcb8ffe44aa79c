"""What waits for a decision of an officer."""
