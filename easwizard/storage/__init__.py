"""What stays on disk: the case file and the site profile. Knows what a case is, and nothing of how it came about."""
