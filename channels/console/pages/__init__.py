"""One file a page. A page asks the desk, draws, and hands what was typed back to the desk."""
