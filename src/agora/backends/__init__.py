"""What answers the needs: engines, lakes, stores, folders, sources."""
