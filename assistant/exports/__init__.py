"""What the desk gives out of a case: PDF, DOCX, plain text, FHIR and calendar files, all from one summary value."""
