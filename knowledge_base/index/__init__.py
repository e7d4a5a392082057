"""Index engines. Each can add and remove single entries, so that publishing never means a rebuild."""
