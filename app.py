"""The application for any WSGI server; `python app.py` serves it locally."""

from registry.cli.serve import serve
from registry.factory import create_app

app = create_app()

if __name__ == "__main__":
    serve()
