"""A listing in, a quote out: everything that answering needs and nothing that training needs."""
