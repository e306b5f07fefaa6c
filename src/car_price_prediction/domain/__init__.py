"""What the product talks about: listings, quotes, the rules they obey and the errors people see."""
