"""What the admin brings: files and pastes, read into claims about servers and virtual directories. No network."""
