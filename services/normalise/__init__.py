"""Normalise: one feed entry or page in, one clean article out.

The files here are pure functions over one value each (a URL, a date, a body of bytes, a text); ``stage.py`` composes them.
What a function had to repair or guess it says in its ``flags``, which travel with the article.
"""
