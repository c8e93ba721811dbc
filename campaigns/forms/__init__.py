"""What the public may send."""
