"""The knowledge base for programs, under ``/api/knowledge``: what the console's pages do, with a token."""
