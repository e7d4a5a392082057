"""The assistant as a whole: settings, storage, security, composition, processes, command line."""
