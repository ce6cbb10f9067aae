"""Redaction that keeps meaning: the same name becomes the same stand-in everywhere, secrets and blobs go. Pure."""
