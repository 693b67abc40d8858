"""The learning community and the space, through their faces."""
