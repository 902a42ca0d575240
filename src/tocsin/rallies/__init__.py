"""Rallies: gatherings for a campaign, who holds them, who comes, and how many came."""
