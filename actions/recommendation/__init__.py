"""Recommending services: life events (一件事) and the services that belong to them."""
