"""What talks to the outside on behalf of the ports."""
