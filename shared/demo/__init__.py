"""The demo: a made-up world of news, its sites on loopback, and a show of the pipeline reading it."""
