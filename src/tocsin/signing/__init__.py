"""People sign an appeal: take, confirm, count, withdraw, strike, expire. Read states.py first."""
