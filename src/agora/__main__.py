"""`python -m agora` is the `agora` command."""

from agora.app import main

main()
