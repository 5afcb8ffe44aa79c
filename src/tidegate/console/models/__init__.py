"""What was learned: cards, comparison, activation."""
