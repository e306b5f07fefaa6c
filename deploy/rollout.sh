#!/bin/sh
# Replaces the replicas of the API one by one, with the image and the settings that are there now, behind the balancer.
#   COMPOSE="docker compose -f docker-compose.yml -f docker-compose.scale.yml" deploy/rollout.sh
# An old replica is stopped, not removed, until all new ones are well: where one is not within ROLLOUT_WAIT_S seconds, the
# old ones go on, exactly as they were, and this exits with 1.
set -eu
compose=${COMPOSE:-docker compose -f docker-compose.yml -f docker-compose.scale.yml}
service=car-price-api
wait_s=${ROLLOUT_WAIT_S:-120}
done_pairs='' old='' new=''

say() { echo "rollout: $*" >&2; }

all() { $compose ps -aq $service; }

# Whether every backend of the balancer sends requests to a container; 1 and 2 are HAProxy's warming up and running.
in_rotation() {
    address=$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$1")
    $compose exec -T load-balancer bash -c 'exec 3<>/dev/tcp/127.0.0.1/9999; echo "show servers state" >&3; cat <&3' |
        awk -v address="$address" '
            $5 == address { seen++; if (($6 == 1 || $6 == 2) && $7 == 0) ready++ }
            END { exit !(seen && seen == ready) }'
}

# Waits until a container prices and the balancer knows.
well() {
    deadline=$(($(date +%s) + wait_s))
    until docker exec "$1" car-price health >/dev/null 2>&1 && in_rotation "$1"; do
        [ "$(docker inspect -f '{{.RestartCount}}' "$1")" -lt 3 ] || { say "it ends again and again"; return 1; }
        [ "$(date +%s)" -lt "$deadline" ] || { say "it is not ready after $wait_s seconds"; return 1; }
        sleep 0.5
    done
}

# Starts a container; the port that it gets may be given free a moment later.
start() {
    for _ in 1 2 3 4 5; do
        if error=$(docker start "$1" 2>&1 >/dev/null); then return; fi
        sleep 1
    done
    say "$error"
    return 1
}

# Puts an old container back into its new one's place.
put_back() {
    docker stop "$2" >/dev/null || true
    docker rm -f "$2" >/dev/null || true
    { start "$1" && well "$1"; } || say "$(name "$1") is not well either"
}

back() {
    trap '' INT TERM HUP
    say "back to what was there"
    if [ -n "$new" ]; then put_back "$old" "$new"; elif [ -n "$old" ]; then start "$old" || true; fi
    for pair in $done_pairs; do put_back "${pair%:*}" "${pair#*:}"; done
    # The image's name, too, for the next `up`.
    for id in $olds; do docker tag "$(docker inspect -f '{{.Image}}' "$id")" "$(docker inspect -f '{{.Config.Image}}' "$id")"; done
    say "the replicas are those of before"
    exit 1
}

name() { docker inspect -f '{{slice .Name 1}}' "$1"; }

olds=$($compose ps -q --status running $service)
count=$(echo "$olds" | wc -w)
[ "$count" -ge 2 ] || { say "$count replicas run, and one of them must go on: make scale-up, REPLICAS=2 or more"; exit 1; }
# What an earlier rollout that was killed left behind.
for id in $(all); do case "$olds" in *"$id"*) ;; *) docker rm "$id" >/dev/null ;; esac; done

trap back INT TERM HUP
for old in $olds; do
    say "$(name "$old") is replaced"
    before=$(all)
    said=$($compose create --no-recreate --scale $service=$(($(echo "$before" | wc -w) + 1)) $service 2>&1) ||
        { say "$said"; back; }
    for id in $(all); do case "$before" in *"$id"*) ;; *) new=$id ;; esac; done
    # Not ready, then nothing new, then what is under way is answered; its port is the new one's.
    docker stop "$old" >/dev/null || back
    start "$new" || back
    if ! well "$new"; then
        docker logs --tail 5 "$new" >&2
        back
    fi
    done_pairs="$done_pairs $old:$new"
    old='' new=''
done
trap '' INT TERM HUP
for id in $olds; do docker rm "$id" >/dev/null; done
say "$count replicas are new, and well"
