"""What can be done to rallies. Each verb is one whole transaction, unless it says that it is a step of one."""
