"""DuckDB as the embedded engine: locked workers for readers, benches for builds."""
