"""Who gets opened: the policy, the draw with its known probabilities, and its verification."""

from tidegate.selection.policy import CHANNELS, Capacity, Channel, Exemption, Policy, Rules

__all__ = ["CHANNELS", "Capacity", "Channel", "Exemption", "Policy", "Rules"]
