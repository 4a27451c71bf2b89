"""Running the code of tutorials. Nothing here is imported by a build: only `octavo test` and its like come here."""
