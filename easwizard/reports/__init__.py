"""One case, several outputs. They all draw the same model, so they cannot disagree. Pure text out; no screen."""
