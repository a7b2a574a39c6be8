"""The pure core: what a dialog is, what was said, and what follows from it. No I/O, no clock, no words."""
