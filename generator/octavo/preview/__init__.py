"""The live preview: one long-lived engine whose pages are made when they are looked at, and events when they change."""
