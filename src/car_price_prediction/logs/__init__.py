"""Log records as JSON lines: to standard output, and to one file that every process and replica may write."""
