#!/bin/sh
# Binds {{greeting[language]}} to a word of welcome: a plugin for Bindery in POSIX sh.
#
# Each line of the standard input is a question, and one line answers it. Two promises of the protocol make that easy without a
# JSON parser: the members of a line stand in the order id, method, params, without blanks; and the parts of a ref hold
# letters, digits, `_`, `-`, `.` and `/` alone, so that they can be copied into another JSON text as they are.

# Prints the answer to greeting[$1].
greet() {
    case $1 in
    en) printf '{"value":"hello"}' ;;
    *) printf '{"error":{"code":"not-found","message":"no greeting in `%s`","hint":"known languages: en"}}' "$1" ;;
    esac
}

# Prints the answers to all refs of the line $1, in their order.
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
    question=${line#"{\"id\":$id,\"method\":\""}
    case ${question%%\"*} in
    open) printf '{"id":%s,"result":{}}\n' "$id" ;;
    bind) printf '{"id":%s,"result":{"answers":[%s]}}\n' "$id" "$(bind "$question")" ;;
    *) printf '{"id":%s,"error":{"code":"invalid","message":"there is no such method"}}\n' "$id" ;;
    esac
done
