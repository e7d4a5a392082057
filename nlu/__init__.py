"""The Chinese language: text, tokens, entities, privacy. No database and no web; importable from Python 3.10."""
