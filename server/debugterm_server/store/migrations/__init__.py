"""How the tables came to be, step by step; run by `debugterm-server migrate`, imported nowhere else."""
