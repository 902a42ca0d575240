"""Strict headers."""
