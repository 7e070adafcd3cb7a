"""What stands at the door: hashes of passwords, the provider people sign in with, the queue."""
