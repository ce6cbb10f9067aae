"""Remedies as plans: the steps of a problem's Markdown file, filled in for one case. Pure: it runs nothing."""
