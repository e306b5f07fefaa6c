"""Whether cars are still what the model learnt: recent requests, or a file, against the training listings."""
