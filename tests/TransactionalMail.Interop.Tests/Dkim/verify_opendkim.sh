#!/bin/sh
# Verifies every message of a folder (*.eml) with opendkim-testmsg, against the TXT records of its dnsmasq.conf.
# Prints "name pass" or "name fail (reason)" for each.
#
# opendkim asks the system's DNS server, so this runs in namespaces of its own, where that is dnsmasq:
#   unshare --mount --net --pid --fork --kill-child sh verify_opendkim.sh FOLDER
set -eu
cd "$1"
ip link set lo up
echo 'nameserver 127.0.0.1' >resolv.conf
mount --bind resolv.conf /etc/resolv.conf
dnsmasq --conf-file=dnsmasq.conf # returns when it serves; ends with the namespace

for message in *.eml; do
  if reason=$(opendkim-testmsg <"$message" 2>&1); then
    echo "${message%.eml} pass"
  else
    echo "${message%.eml} fail ($reason)"
  fi
done
