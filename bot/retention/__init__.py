"""How long each kind of data is kept: rules, a preview of what is due, and its deletion in small batches."""
