"""Mail to send: sealed until a mail server has said 250, then gone."""
