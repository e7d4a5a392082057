#!/bin/sh
# Starts Rasa by itself, with what `wenzheng run` would give it (dialogue_environment in bot/processes.py).
# Needs WENZHENG_SECRET_KEY, the same one as the app. RASA_MODEL: path of the trained model.
set -eu
umask 077

: "${WENZHENG_SECRET_KEY:?must be the same as the one of the app}"
WENZHENG_INTERNAL_TOKEN=$(python -c 'import os; from bot.security.encryption import derive_key; print(derive_key(os.environ["WENZHENG_SECRET_KEY"], "internal").hex())')
export WENZHENG_INTERNAL_TOKEN
WENZHENG_TRACKER_KEY=$(python -c 'import os; from bot.security.encryption import memory_key; print(memory_key(os.environ["WENZHENG_SECRET_KEY"]))')
export WENZHENG_TRACKER_KEY
export WENZHENG_INTERNAL_PORT="${WENZHENG_INTERNAL_PORT:-5055}"
export WENZHENG_REDIS_HOST="${WENZHENG_REDIS_HOST:-127.0.0.1}"
export WENZHENG_REDIS_PORT="${WENZHENG_REDIS_PORT:-6379}"
export WENZHENG_REDIS_DB="${WENZHENG_REDIS_DB:-0}"
export WENZHENG_REDIS_PASSWORD="${WENZHENG_REDIS_PASSWORD:-}"
export WENZHENG_TRACKER_TTL="${WENZHENG_TRACKER_TTL:-2592000}"
export TICKET_LOCK_LIFETIME="${TICKET_LOCK_LIFETIME:-20}"

exec python -m rasa run --interface 127.0.0.1 --port "${WENZHENG_RASA_PORT:-5005}" \
  --model "${RASA_MODEL:-/srv/models/wenzheng.tar.gz}" --endpoints endpoints.yml --credentials credentials.yml
