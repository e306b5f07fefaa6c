"""Any listings file in; clean canonical listings and rejected rows out."""
