#!/bin/bash
# shot.sh OUT W H URL [dark]
X=""; [ "$5" = dark ] && X="--force-dark-mode --blink-settings=preferredColorScheme=0"
timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --user-data-dir=$(mktemp -d) --hide-scrollbars $X --screenshot=$1 --window-size=$2,$3 "$4" >/dev/null 2>&1
