"""A mesh that is served: pages, the API, and what goes on beside them."""
