"""Measures what the product promises on corpora whose answers are known beforehand."""
