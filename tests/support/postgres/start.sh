# Makes the database that the variables name, the first time, and serves it.
set -eu
data=/var/lib/postgresql/data
if [ ! -s "$data/PG_VERSION" ]; then
    echo "$POSTGRES_PASSWORD" >/tmp/password
    initdb -D "$data" --username="$POSTGRES_USER" --auth=scram-sha-256 --auth-local=trust --pwfile=/tmp/password
    echo "host all all all scram-sha-256" >>"$data/pg_hba.conf"
    echo "create database $POSTGRES_DB" | postgres --single -D "$data" postgres
fi
exec postgres -D "$data" -c 'listen_addresses=*'
