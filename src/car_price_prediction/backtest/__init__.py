"""What cars really sold for against what they were valued at: sales read out of files, scores, page and table."""
