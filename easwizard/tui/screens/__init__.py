"""Whole screens: the first one, the case with its stages, and questions that lie above them."""
