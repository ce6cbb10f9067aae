"""What is wrong. Pure: reads a case, never a network, a file system or a screen."""
