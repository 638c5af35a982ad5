"""Sends what was recorded against real servers to another one, and compares what comes back."""
