"""alert: actors who appear together and never did before, with the evidence."""
