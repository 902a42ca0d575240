"""Small things of no feature: framing, keys in files, clock, e-mail addresses, countries."""
