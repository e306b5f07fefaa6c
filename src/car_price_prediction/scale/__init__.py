"""Past one machine, on Ray: fits, boosting and batches on the nodes of a cluster. Needs the extra `scale`."""
