"""The store: contract, files, writer, sealing and codes."""
