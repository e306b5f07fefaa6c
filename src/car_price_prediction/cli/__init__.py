"""The car-price command: one module per group of commands, each thin."""
