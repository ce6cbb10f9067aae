"""What is carried to the target: installers and words. Nothing here may need more than a bare Python."""
