"""New listings become a new version: what is watched, what is new in it, whether it may be learnt from, and when."""
