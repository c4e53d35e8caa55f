#!/bin/sh
# Sends requests of a host to the plugin and checks the responses. Run it with `sh test_greeting.sh`.
cd "$(dirname "$0")" || exit 1

found=$(
    sh ./greeting.sh <<'END'
{"id":1,"method":"open","params":{"plugin":"greeting","settings":{},"version":1}}
{"id":2,"method":"bind","params":{"requests":[{"address":"greeting[en]","binder":"greeting","cluster":null,"parts":["greeting","en"]},{"address":"greeting[tlh]","binder":"greeting","cluster":null,"parts":["greeting","tlh"]}]}}
{"id":3,"method":"call","params":{"input":{},"method":"unknown"}}
END
)

expected=$(
    cat <<'END'
{"id":1,"result":{}}
{"id":2,"result":{"answers":[{"value":"hello"},{"error":{"code":"not-found","message":"no greeting in `tlh`","hint":"known languages: en"}}]}}
{"id":3,"error":{"code":"invalid","message":"unknown method"}}
END
)

if [ "$found" != "$expected" ]; then
    printf 'expected:\n%s\nfound:\n%s\n' "$expected" "$found" >&2
    exit 1
fi
echo ok
