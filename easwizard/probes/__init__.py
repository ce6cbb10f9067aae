"""How we look: requests in, observations out. Nothing here decides what an observation means for a diagnosis."""
