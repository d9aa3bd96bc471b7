"""The formats of feeds: from the bytes of a body to items, whatever their charset and health."""
