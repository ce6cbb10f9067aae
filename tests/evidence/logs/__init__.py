"""Logs, read and counted."""
