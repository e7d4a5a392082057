"""How people reach the assistant: one gateway, several channels, and the staff console."""
