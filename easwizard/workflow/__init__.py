"""One file per use case: intents in, a new case and events out. Knows diagnosis; meets the world through ports."""
