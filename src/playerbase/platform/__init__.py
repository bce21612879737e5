"""The platform's own doors: health, metrics, documents, the live stream, the test clock."""
