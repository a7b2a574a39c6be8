"""The web server: applicant's pages, JSON API and desk, on the use cases of `assistant.service`."""
