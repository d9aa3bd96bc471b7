#!/usr/bin/env bash
# Makes the secrets that docker-compose.yml mounts, each of 32 random characters. One that exists is kept: run it as often as you like.
set -euo pipefail
cd "$(dirname "$0")/secrets"

# Kafka's, Elasticsearch's, Kibana's and our images run as 1000, and Elasticsearch takes a password's file only with mode 400 or 600:
# the files must belong to that id. Root can give them to it, nobody else can.
OWNER=1000
if [ "$(id -u)" != 0 ] && [ "$(id -u)" != "$OWNER" ]; then
    echo "The files must belong to user id $OWNER, and you are $(id -u): run this with sudo." >&2
    exit 1
fi

random() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }

make() { # NAME MODE
    # A start without secrets leaves empty folders of their names.
    if [ -d "$1" ]; then rmdir "$1"; fi
    if [ -s "$1" ]; then
        echo "kept $1"
    else
        rm -f "$1"
        (umask 077 && random | tr -d '\n' >"$1")
        echo "made $1"
    fi
    chmod "$2" "$1"
    if [ "$(id -u)" = 0 ]; then chown "$OWNER" "$1"; fi
}

# Nobody else on this machine gets as far as the files, whatever their own mode.
chmod 700 .
if [ "$(id -u)" = 0 ]; then chown "$OWNER" .; fi
make elastic_password 400
make kibana_system_password 400
make newsloom_password 400
make grafana_admin_password 444 # Grafana's image runs as 472
