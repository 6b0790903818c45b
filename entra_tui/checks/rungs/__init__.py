"""One module a rung: each holds one check and nothing else."""
