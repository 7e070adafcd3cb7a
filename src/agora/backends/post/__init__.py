"""What leaves the house for people and their programs: mail and webhooks."""
