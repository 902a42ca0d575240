"""The public log, pure: bytes in, bytes out; no Django, no I/O."""
