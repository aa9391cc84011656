"""A commit on disk and an artifact that was published in, the artifacts that building it again gives out.

The one room whose work runs a project's own code, and only in a cage.
"""
