"""Bodies of the knowledge API. They stay as they are when the tables change; new members may be added."""
