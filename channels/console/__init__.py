"""The console at /console: pages for curators, handlers and managers. Pages are thin; ``desk.py`` holds the rules."""
