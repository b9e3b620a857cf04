#!/bin/sh
# Nightly backups. The database and the keyring go to different folders, so that each can be carried to a place of its
# own: whoever gets both, and the master key, can read everything.
set -eu
umask 077
cd "$(dirname "$0")/.."
flask=.venv/bin/flask
databases=${BACKUP_DIR:-$DATA_DIR/backups}
keyrings=${KEYRING_BACKUP_DIR:-$DATA_DIR/keyring-backups}
mkdir -p "$databases" "$keyrings"
stamp=$(date -u +%Y-%m-%d)
"$flask" --app wsgi backup "$databases/unforgotten-$stamp.backup"
"$flask" --app wsgi restore --check "$databases/unforgotten-$stamp.backup"
# Deletes copies of the keyring that are over seven days old by itself.
"$flask" --app wsgi backup --keyring "$keyrings/keyring-$stamp.backup"
find "$databases" -maxdepth 1 -name 'unforgotten-*.backup' -mtime "+${BACKUP_DAYS:-14}" -delete
