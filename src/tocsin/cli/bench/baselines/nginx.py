"""The page baseline: nginx with two workers, serving the same compressed bytes from disk."""

import gzip
import os
import shutil
from pathlib import Path

from tocsin.cli.bench.processes import BenchError, Started, free_port

_CONFIGURATION = """
daemon off;
{user}
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  default_type text/html;
  charset utf-8;
  gzip_static on;
  open_file_cache max=100;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/root;
    index index.html;
    add_header Cache-Control "public, max-age=1";
    add_header Vary Accept-Encoding;
  }}
}}
"""


def start_nginx(folder: Path, *, path: str, zipped: bytes) -> tuple[Started, int]:
    """Start nginx with one page at `path`, a folder's address; return it and its port."""
    binary = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if binary is None:
        message = "nginx is needed for `bench page`: apt-get install nginx-light"
        raise BenchError(message)
    home, port = folder / "nginx", free_port()
    page = home / "root" / path.strip("/") / "index.html"
    page.parent.mkdir(parents=True)
    page.write_bytes(gzip.decompress(zipped))
    page.with_suffix(".html.gz").write_bytes(zipped)
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = home / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(folder=home, port=port, user=user), encoding="utf-8")
    command = [binary, "-c", str(configuration), "-e", str(home / "error.log"), "-p", str(home)]
    nginx = Started("nginx", command, folder=folder, environ={})
    nginx.wait_for(port)
    return nginx, port
