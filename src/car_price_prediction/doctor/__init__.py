"""`car-price doctor`: what a working installation must show, a small function for each thing."""
