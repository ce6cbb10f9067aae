"""Evidence: readers, merging, and the collector script."""
