"""What the city knows: entries, search over them, and their life from draft to retirement."""
