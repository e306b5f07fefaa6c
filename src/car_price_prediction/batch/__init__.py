"""Whole files of cars, priced: where reading listings and pricing them meet."""
