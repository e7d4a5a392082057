"""One Rasa action per file, thin: tracker → service → message."""
