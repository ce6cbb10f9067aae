"""What we know of one investigation. Pure: imports exchange only; no network, clock or screen."""
