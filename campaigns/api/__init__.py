"""What is public, for programs: read only, as JSON, and described by OpenAPI from the very code that answers."""
