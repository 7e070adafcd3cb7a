"""The face for people at a terminal: read what is asked, call one verb, show the answer."""
