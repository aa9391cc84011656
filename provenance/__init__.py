"""Is the PyPI package the exact source on GitHub?"""
