"""`python -m octavo.edges.runner`: the process that runs one chapter."""

from octavo.edges.runner.supervisor import main

main()
