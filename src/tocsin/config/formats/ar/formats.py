"""Dates and numbers in Arabic: Django's own have a comma before the year, and none for a date with a time.

Digits are 0 to 9 in every language (kit/numbers.py), and so the separators are those that go with them.
"""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y، H:i"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
