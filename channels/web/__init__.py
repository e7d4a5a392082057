"""The web widget and its HTTP interface."""
