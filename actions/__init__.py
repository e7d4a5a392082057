"""What the assistant can do: answer, file and follow tickets, recommend services."""
