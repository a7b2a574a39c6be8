"""Klarbild: a clear picture before the first visit."""
