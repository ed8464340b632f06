"""The built files of the browser client; `make web` fills `static/`."""
