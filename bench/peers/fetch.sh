#!/bin/sh
# Gets the rivals into bench/peers/.data without installing them: frontail from npm, nginx with nchan from Debian.
set -eu
cd "$(dirname "$0")"
mkdir -p .data && cd .data
[ -d node_modules/frontail ] || npm install --no-audit --no-fund --loglevel=error --prefix . frontail@4.9.2
if [ ! -x nginx/usr/sbin/nginx ]; then
    apt-get download nginx libnginx-mod-nchan
    for package in *.deb; do dpkg-deb -x "$package" nginx; done
    rm -- *.deb
fi
# nchan insists on nginx's built-in folder, whatever the configuration says.
mkdir -p /var/lib/nginx
