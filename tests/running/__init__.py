"""A whole server, started as Sam would start it, and the people who visit it."""
