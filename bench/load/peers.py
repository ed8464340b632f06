"""The rivals, each a process on loopback doing the same work; None where `bench/peers/fetch.sh` could not get it."""

import hashlib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil

from bench.load.crowds import crowd
from bench.load.hub import cpu
from bench.load.processes import Figures, run

DATA = Path(__file__).parents[1] / "peers/.data"
FRONTAIL = DATA / "node_modules/frontail/bin/frontail"
NGINX = DATA / "nginx/usr/sbin/nginx"
NCHAN = DATA / "nginx/usr/lib/nginx/modules/ngx_nchan_module.so"

_NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log stderr error;
load_module {module};
events {{ worker_connections 4096; }}
http {{
    access_log off; client_body_temp_path {folder}; client_max_body_size 2m; client_body_buffer_size 2m;
    proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{port};
        location = /v1/ingest {{ nchan_publisher; nchan_channel_id bench; nchan_message_buffer_length 1000; }}
        location = /ws {{ nchan_subscriber websocket; nchan_channel_id bench; nchan_subscriber_first_message newest; }}
    }}
}}
"""


def frontail(*, rows: int, rate: int) -> Figures | None:
    """How late lines come to one page of frontail; the writer appends to the file that it follows."""
    if not FRONTAIL.exists():
        return None
    with tempfile.TemporaryDirectory(prefix="dt") as folder:
        log = Path(folder) / "log"
        log.touch()
        port = _free_port()
        words = ("--disable-usage-stats", "--host", "127.0.0.1", "--port", str(port), "--ui-hide-topbar")
        with _running(["node", str(FRONTAIL), *words, str(log)], port):
            url = f"ws://127.0.0.1:{port}/socket.io/?EIO=3&transport=websocket"
            namespace = "/" + hashlib.md5(str(log).encode(), usedforsecurity=False).hexdigest()
            with crowd(url, kind="frontail", tokens=[namespace]) as watching:
                watching.order(f"want {rows}")
                watching.hear("counting")
                run("writer", log, "--rows", rows, "--rate", rate)
                return watching.figures()


def nchan(*, rows: int, rate: int, viewers: int, rows_a_post: int) -> Figures | None:
    """What nginx with nchan delivers, and its processor time: no query, no record, memory only."""
    if not NGINX.exists():
        return None
    with tempfile.TemporaryDirectory(prefix="dt") as folder:
        port = _free_port()
        config = Path(folder) / "nginx.conf"
        config.write_text(_NGINX.format(folder=folder, module=NCHAN, port=port))
        with _running([str(NGINX), "-p", folder, "-c", str(config)], port) as process:
            url = f"http://127.0.0.1:{port}"
            with crowd(f"{url}/ws", kind="nchan", count=viewers) as watching:
                watching.order(f"want {rows}")
                watching.hear("counting")
                before = cpu(process)
                posts = {"posts": rows // rows_a_post, "rows": rows_a_post, "senders": 16, "rate": rate}
                sent = run("sender", given={"key": "", "urls": [url], "any_answer": True, **posts})
                return {**watching.figures(), "cpu": cpu(process) - before, "sent": sent}


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], port: int) -> Iterator[psutil.Process]:
    # nchan 1.3.6 frees something twice when it stops, and says so on stderr.
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def _wait(port: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit("a rival did not start")
