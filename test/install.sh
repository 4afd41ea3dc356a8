#!/bin/sh
# Installs what the tests need besides npm packages: a Redis, an HAProxy, a Chromium and a tmux from Debian's packages.
set -eu

missing=''
command -v redis-server >/dev/null || missing="$missing redis-server"
# Debian keeps it where only root's PATH leads.
[ -x /usr/sbin/haproxy ] || missing="$missing haproxy"
command -v chromium >/dev/null || missing="$missing chromium"
command -v openssl >/dev/null || missing="$missing openssl"
command -v tmux >/dev/null || missing="$missing tmux"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests need$missing. On Debian: sudo apt-get install$missing" >&2
  exit 1
fi
apt-get update -qq
# Debian's redis-server and haproxy would start on their own; the tests start theirs on free ports.
RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
