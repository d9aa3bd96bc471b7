#!/usr/bin/env bash
# Gives kibana_system its password and makes the user that the pipeline runs as, who may read and write Newsloom's indexes and nothing else.
# Runs in Elasticsearch's image, once per start; idempotent. No password is ever an argument: other processes could read it there.
set -euo pipefail

SECRETS="${SECRETS:-/run/secrets}"
URL="${ELASTICSEARCH_URL:-http://elasticsearch:9200}"
PREFIX="${NEWSLOOM_PREFIX:-}"

secret() {
    local value
    value="$(cat "$SECRETS/$1")"
    # Goes into JSON and into curl's configuration as it is.
    if [[ ! "$value" =~ ^[A-Za-z0-9_-]{12,}$ ]]; then
        echo "The secret $1 must be at least 12 letters, digits, - or _: deploy/compose/make-secrets.sh makes such ones." >&2
        exit 2
    fi
    printf '%s' "$value"
}

put() { # PATH, with the body on standard input
    local body
    body="$(cat)"
    curl --silent --show-error --fail --output /dev/null --max-time 30 --retry 5 --retry-connrefused \
        --config <(printf 'user = "elastic:%s"\n' "$ELASTIC") \
        --request PUT --header 'Content-Type: application/json' --data-binary @<(printf '%s' "$body") "$URL$1"
    echo "done: $1"
}

ELASTIC="$(secret elastic_password)"
KIBANA="$(secret kibana_system_password)"
NEWSLOOM="$(secret newsloom_password)"

put /_security/user/kibana_system/_password <<JSON
{"password": "$KIBANA"}
JSON
put /_security/role/newsloom <<JSON
{"cluster": ["monitor"], "indices": [{"names": ["${PREFIX}news-*"], "privileges": ["all"]}]}
JSON
put /_security/user/newsloom <<JSON
{"password": "$NEWSLOOM", "roles": ["newsloom"], "full_name": "Newsloom's pipeline"}
JSON
