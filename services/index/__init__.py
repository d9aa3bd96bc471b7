"""index: from an article to the document that is searched."""
