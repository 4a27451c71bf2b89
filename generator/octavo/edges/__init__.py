"""Everything that touches the world: files, the store, the lock, the output trees, git.

The layer knows bytes, paths and processes. It does not know pages, titles or templates.
"""
