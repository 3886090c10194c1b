#!/bin/sh
# A base backup of the running database into the archive of its log, and an end to what is older than it is kept.
# Run in the database's container, daily: docker compose exec -T -u postgres database sh /deploy/base-backup.sh
set -eu
archive=${ARCHIVE_DIR:-/archive}
keep_days=${KEEP_DAYS:-14}
name=base-$(date -u +%Y%m%dT%H%M%SZ)
pg_basebackup --pgdata "$archive/$name.new" --checkpoint fast --wal-method none --no-password
pg_verifybackup --no-parse-wal --quiet "$archive/$name.new"
mv "$archive/$name.new" "$archive/$name"

# The oldest base that is kept is the last one made before the days began; the log is kept from it on.
find "$archive" -maxdepth 1 -name 'base-*.new' -mtime +1 -exec rm -rf {} +
oldest=$(find "$archive" -maxdepth 1 -name 'base-*Z' -mtime "+$keep_days" | sort | tail -n 1)
if [ -n "$oldest" ]; then
    find "$archive" -maxdepth 1 -name 'base-*Z' | sort | while read -r base; do
        [ "$base" = "$oldest" ] && break
        rm -rf "$base"
    done
    first=$(sed -n 's/^START WAL LOCATION:.*(file \(.*\))$/\1/p' "$oldest/backup_label")
    pg_archivecleanup "$archive" "$first"
fi
echo "$archive/$name"
