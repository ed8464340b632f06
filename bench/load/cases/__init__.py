"""What is measured, a module a row of the bench table; each runs real processes once and gives its lines."""
