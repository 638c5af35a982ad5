"""A ComfyUI server for tests: it answers as real servers were recorded to answer (../recordings), and fails on demand (faults.py)."""
