"""Commands of ``wenzheng``, one a file."""
