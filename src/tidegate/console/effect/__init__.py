"""What works: profiles, lists, model, draw, officers."""
