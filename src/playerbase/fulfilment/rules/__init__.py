"""What is decided without asking anybody: pauses, ends, codes that are none, and what a shop's word means."""
