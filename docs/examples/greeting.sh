#!/bin/sh
# Binds {{greeting[language]}} to a greeting: a plugin for Bindery in POSIX sh.
#
# Reads one request per line from standard input and writes one line per response. Two guarantees of the protocol make a JSON parser
# unnecessary: the members of a line have the order id, method, params, without blanks; and the parts of a ref contain only letters,
# digits, `_`, `-`, `.` and `/`, so they can be copied into other JSON texts.

# Prints the answer to greeting[$1].
greet() {
    case $1 in
    en) printf '{"value":"hello"}' ;;
    *) printf '{"error":{"code":"not-found","message":"no greeting in `%s`","hint":"known languages: en"}}' "$1" ;;
    esac
}

# Prints the answers to all refs of the line $1, in order.
bind() {
    rest=$1
    between=
    while :; do
        case $rest in
        *'"parts":['*) rest=${rest#*'"parts":['} ;;
        *) break ;;
        esac
        language=${rest%%']'*}
        language=${language##*,\"}
        printf '%s' "$between"
        greet "${language%\"}"
        between=,
    done
}

while IFS= read -r line; do
    id=${line#'{"id":'}
    id=${id%%,*}
    request=${line#"{\"id\":$id,\"method\":\""}
    case ${request%%\"*} in
    open) printf '{"id":%s,"result":{}}\n' "$id" ;;
    bind) printf '{"id":%s,"result":{"answers":[%s]}}\n' "$id" "$(bind "$request")" ;;
    *) printf '{"id":%s,"error":{"code":"invalid","message":"unknown method"}}\n' "$id" ;;
    esac
done
