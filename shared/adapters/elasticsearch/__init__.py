"""The article index on an Elasticsearch cluster: what is written, how it is searched, and how a cluster is set up for it."""
