"""The model package on disk: the one thing in which training and pricing meet."""
