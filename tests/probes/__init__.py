"""Probes against real servers on loopback; nothing here replaces a client."""
