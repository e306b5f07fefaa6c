"""Clean listings in, a compared, calibrated and published model package out."""
