"""Read rallies out of other people's files. What is read was written by strangers: nothing in it is believed."""
