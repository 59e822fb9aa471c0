"""Adapters for web frameworks, each of which imports its own framework only."""
