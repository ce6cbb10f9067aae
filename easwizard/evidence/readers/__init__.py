"""One reader for each format, found by content. A module here defines `READER`."""
