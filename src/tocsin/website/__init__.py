"""The public pages: what a visitor reads, signs and checks, without cookie, account or script."""
