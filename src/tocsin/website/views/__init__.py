"""One view a question: find the campaign, gather, render."""
