"""Which government function a ticket belongs to. ``functions.yml`` names them; ``examples/`` is what is learned from."""
