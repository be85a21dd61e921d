#!/bin/bash
# Downloads the released program of the action's own version and checks it against SHA256SUMS. In:
# INPUT_URL, or the action's repository. Out: the step's output `program`, a new path for each run.
set -euo pipefail

refuse() {
    echo "snow-white: $1" >&2
    exit 1
}

# GitHub checks out the whole repository at the workflow's commit or tag; its VERSION names the
# release.
version=$(cat "$ACTION_PATH/../VERSION")
case $(uname -s)-$(uname -m) in
Linux-x86_64) architecture=amd64 ;;
Linux-aarch64) architecture=arm64 ;;
*) refuse "there is no release for $(uname -s) on $(uname -m); use a runner with Linux on x86_64 or aarch64" ;;
esac
tarball=snow-white-$version-linux-$architecture.tar.gz
from=${INPUT_URL:-$SERVER_URL/$ACTION_REPOSITORY/releases/download/v$version}
from=${from%/}

protocols='=https'
[[ $from == http://127.0.0.1[:/]* ]] && protocols='=https,http'
folder=$(mktemp -d "$RUNNER_TEMP/snow-white-XXXXXXXX")
for file in SHA256SUMS "$tarball"; do
    curl --fail --silent --show-error --location --globoff --proto "$protocols" --proto-redir '=https' --retry 3 \
        --connect-timeout 20 --max-time 600 --output "$folder/$file" --url "$from/$file" ||
        refuse "wanted $file from $from, seen curl's exit code $?; the input url names another folder"
done

wanted=$(awk -v name="$tarball" '$2 == name || $2 == "*" name { print $1 }' "$folder/SHA256SUMS")
[[ $wanted =~ ^[0-9a-f]{64}$ ]] || refuse "wanted one line for $tarball in $from/SHA256SUMS, seen: ${wanted:-none}"
seen=$(sha256sum "$folder/$tarball" | cut -d ' ' -f 1)
[ "$seen" = "$wanted" ] || refuse "$from/$tarball is not what SHA256SUMS says: wanted $wanted, seen $seen; nothing was run"

mkdir "$folder/unpacked"
tar --extract --gzip --no-same-owner --file "$folder/$tarball" --directory "$folder/unpacked"
program=$(find "$folder/unpacked" -path '*/bin/snow-white' -type f)
[ -x "$program" ] || refuse "wanted bin/snow-white in $tarball, seen: ${program:-none}"
says=$("$program" --version) || refuse "$tarball: the program does not run here (exit code $?)"
[[ $says == "snow-white $version"* ]] || refuse "$tarball: wanted snow-white $version, seen: $says"
echo "program=$program" >>"$GITHUB_OUTPUT"
echo "$says, SHA-256 of its tarball $wanted"
