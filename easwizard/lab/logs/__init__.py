"""A made day of an estate's phones, as its servers would have logged it."""
