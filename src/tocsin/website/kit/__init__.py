"""The host's kit: what somebody who holds a rally prints, posts and takes along, made of what its page says."""
