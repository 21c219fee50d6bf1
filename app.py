"""Entry point of the web server and of `flask`: makes the app, nothing else."""

from portal import create_app

app = create_app()
