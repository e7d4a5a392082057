"""The golden set: questions whose answer the city has promised itself, and the gate that every publish passes."""
