"""Commerce: what is bought on a platform for money, and what becomes of it when the money goes back."""
