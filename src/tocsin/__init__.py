"""Tocsin: a campaign server that a group runs itself."""
