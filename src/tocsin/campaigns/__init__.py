"""A campaign: its words and their versions, its team, when people can sign. Read states.py first."""
