"""Pure decisions about purchases: time is an argument."""
