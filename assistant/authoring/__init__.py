"""Dialog files and catalogs from their authors' side: reading, checking, extraction, journeys."""
