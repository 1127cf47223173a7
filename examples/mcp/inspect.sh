#!/usr/bin/env bash
# The same from a shell, with the command-line client of the MCP Inspector: rita asks and watches, owner approves, rita sees it promoted.
# Usage: ./inspect.sh http://127.0.0.1:8377; LANGGRAPH_STAGING is the command, where it is not npx langgraph-staging.
set -euo pipefail
url=${1:-http://127.0.0.1:8377}
read -ra langgraph_staging <<<"${LANGGRAPH_STAGING:-npx langgraph-staging}"

# inspect TOKEN METHOD [OPTION …]: the Inspector starts the command as an editor does, with the credential of its person.
inspect() {
  LANGGRAPH_STAGING_TOKEN=$1 npx -y @modelcontextprotocol/inspector-cli@0.15.0 --cli -- \
    "${langgraph_staging[@]}" mcp --server "$url" --method "${@:2}"
}
call() { inspect "$1" tools/call --tool-name "$2" --tool-arg "${@:3}"; }
# field PATH: of the structured result on stdin, for example release.outcome
field() { node -e 'let all = ""; process.stdin.on("data", (part) => (all += part)).on("end", () => console.log(process.argv[1].split(".").reduce((one, key) => one[key], JSON.parse(all).structuredContent)))' "$1"; }

asked=$(call "$RITA_TOKEN" request_release "request=ship storefront v2.2.0 with wishlist to staging, promote it if it is healthy" wait=true)
release=$(field release.release <<<"$asked")
echo "release $release waits for: $(field release.waitingFor <<<"$asked")"

refused=$(call "$RITA_TOKEN" approve_release "release=$release" "digest=$(field approval.digest <<<"$asked")")
echo "rita may not: $(field error.code <<<"$refused")"

decided=$(call "$OWNER_TOKEN" approve_release "release=$release" "digest=$(field approval.digest <<<"$asked")" "comment=looked at the gates")
echo "$(field by <<<"$decided") has $(field decision <<<"$decided") it"
ended=$(call "$RITA_TOKEN" get_release "release=$release" wait=true)
echo "release $release: $(field release.outcome <<<"$ended")"
[ "$(field release.outcome <<<"$ended")" = promoted ]
