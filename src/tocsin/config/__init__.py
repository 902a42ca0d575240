"""Settings, environment and application objects: the one place that knows everything."""
