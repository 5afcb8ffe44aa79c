"""Capacities, rates, emergency orders."""
