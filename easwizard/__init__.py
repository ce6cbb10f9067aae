"""easwizard: from ActiveSync symptoms to a proven diagnosis. This module imports nothing."""

__version__ = "0.1.0"
