"""The challenger beside the champion: what it would have answered, off the way of the answers, and how far that is."""
