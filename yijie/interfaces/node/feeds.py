"""Facts for others: nothing yet."""

FEEDS: dict = {}
