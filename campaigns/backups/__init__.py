"""The whole site in one file: `making` writes it, `restoring` puts it back."""
