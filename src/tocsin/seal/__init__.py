"""Sealing, tags and tokens, pure: bytes in, bytes out; no Django, no I/O.

Comments here follow the cost of being wrong.
"""
