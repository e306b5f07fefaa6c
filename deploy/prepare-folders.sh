#!/bin/sh
# Lets the service's user write to bind-mounted folders, whoever made them, and the host's user read and delete what it
# writes: they come to belong to the service's user and to the host user's group, which new files inherit (setgid).
#   prepare-folders UID WITNESS FOLDER…    the owner of WITNESS, a file of the host user's, tells the group
set -u
user=$1
group=$(stat -c %g "$2")
shift 2
for folder in "$@"; do
    # Only what is not right yet: the service may be running, and writes what is.
    # A file system that knows no owners (a shared folder of a desktop, some network disks) refuses, and needs none.
    find "$folder" -xdev -ignore_readdir_race \( ! -user "$user" -o ! -group "$group" \) \
        -exec chown -h "$user:$group" {} + ||
        echo "prepare-folders: the owner of $folder could not be changed: it must be writable for user $user" >&2
    find "$folder" -xdev -ignore_readdir_race -type d ! -perm -2770 -exec chmod g+s,ug+rwx {} +
    find "$folder" -xdev -ignore_readdir_race -type f ! -perm -660 -exec chmod ug+rw {} +
done
exit 0
