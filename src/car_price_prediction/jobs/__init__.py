"""Files that are priced apart from requests: their states in SQLite, their work in processes of their own."""
