"""What is decided without asking anybody: what is configured, what an answer says, who signed."""
