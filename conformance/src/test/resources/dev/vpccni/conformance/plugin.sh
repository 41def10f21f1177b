# A CNI plugin that keeps to the specification, in the shell: a pair of links, an address and a
# route for each container. DEFECT, set on the line before, breaks one rule of it. STATE is a
# folder to remember containers in, and PATH need not be there.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
VERSIONS='"0.1.0","0.2.0","0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"'

defect() {
    [ "$DEFECT" = "$1" ]
}

refuse() { # code message
    if defect error-shape; then
        echo "{\"code\":\"$1\",\"msg\":\"$2\"}"
        exit 1
    fi
    echo "{\"cniVersion\":\"1.1.0\",\"code\":$1,\"msg\":\"$2\"}"
    defect status-zero && exit 0
    exit 1
}

field() { # name: the value of a text of the configuration's own, without what prevResult holds
    value=${own##*\"$1\":\"}
    [ "$value" != "$own" ] || value='"'
    value=${value%%\"*}
}

need() {
    for name in "$@"; do
        eval "value=\${$name:-}"
        [ -n "$value" ] || refuse "$missing" "required env variables [$name] missing"
    done
}

valid() {
    code=4
    defect invalid-code && code=7
    case "$CNI_CONTAINERID" in
    *[!a-zA-Z0-9_.-]* | [!a-zA-Z0-9]*) refuse $code "invalid CNI_CONTAINERID" ;;
    esac
    case "$CNI_IFNAME" in
    . | .. | */* | *:* | *" "* | ????????????????*) refuse $code "invalid CNI_IFNAME" ;;
    esac
}

# What is in the container, read once: each program that is started takes longer than all else.
look() {
    links=$(ip -n "$pod" -o link 2>/dev/null)
}

link() {
    case $links in
    *": $1@"* | *": $1:"*) ;;
    *) return 1 ;;
    esac
}

# Where a container is remembered, its end on the host, and its address.
place() {
    file=$STATE/$CNI_CONTAINERID.$CNI_IFNAME
    host=c${CNI_CONTAINERID##*-}.$CNI_IFNAME
    inside=$CNI_IFNAME
    defect ignores-name && inside=fixed0
    address=
    [ -f "$file" ] && read -r address <"$file"
}

# The first number whose folder nobody has made.
choose() {
    number=2
    until mkdir "$STATE/address-$number" 2>/dev/null; do
        number=$((number + 1))
    done
    address=10.9.0.$number
    defect remembers-late || echo "$address" >"$file"
}

release() {
    keep=
    case $DEFECT in
    leaves-rule) [ -e "$CNI_NETNS" ] && [ -n "$previous" ] && keep=1 ;;
    gone-leaves-rule) [ -n "$CNI_NETNS" ] && [ ! -e "$CNI_NETNS" ] && keep=1 ;;
    needs-previous) [ "$CNI_COMMAND" = DEL ] && [ -z "$previous" ] && [ -e "$STATE/whole-$CNI_CONTAINERID" ] && keep=1 ;;
    esac
    rule="rule del from $address"
    [ -z "$keep" ] || rule=
    ip -force -batch - 2>/dev/null <<END
link del $host
$rule
END
    rm -f "$file"
    rmdir "$STATE/address-${address##*.}" 2>/dev/null
}

result() {
    defect garbage && echo "here comes the result"
    version=$wanted
    defect wrong-version && version=0.9.9
    case $wanted in
    0.[12].0)
        if defect old-form && [ "$wanted" = 0.1.0 ]; then
            echo "{\"cniVersion\":\"$version\",\"ips\":[{\"version\":\"4\",\"address\":\"$address/32\"}]}"
        else
            echo "{\"cniVersion\":\"$version\",\"ip4\":{\"ip\":\"$address/32\",\"routes\":[{\"dst\":\"0.0.0.0/0\"}]}}"
        fi
        return
        ;;
    esac
    family=
    case $wanted in
    0.*) family='"version":"4",' ;;
    esac
    sandbox=$CNI_NETNS
    defect wrong-sandbox && sandbox=/proc/1/ns/net
    told=$address
    defect wrong-address && told=10.99.0.${address##*.}
    defect same-address && told=10.9.0.2
    index=1
    defect wrong-index && [ "$wanted" = 1.1.0 ] && index=7
    to=0.0.0.0/0
    defect wrong-route && to=10.77.0.0/16
    echo "{\"cniVersion\":\"$version\",\"interfaces\":[{\"name\":\"$host\"},{\"name\":\"$CNI_IFNAME\",\"sandbox\":\"$sandbox\"}]," \
        "\"ips\":[{$family\"address\":\"$told/32\",\"interface\":$index}],\"routes\":[{\"dst\":\"$to\"}]}"
}

add() {
    defect hangs && exec sleep 600
    defect floods && exec head -c 4000000 /dev/zero
    [ -e "$CNI_NETNS" ] || defect any-namespace || refuse 3 "no namespace"
    if [ -e "$CNI_NETNS" ]; then
        look
        if link "$inside" || link "$CNI_IFNAME"; then
            if [ -n "$address" ]; then
                defect new-address || refuse 999 "$inside is there already"
                ip -n "$pod" link del "$inside"
            else
                defect takes-over || refuse 999 "$inside is somebody else's"
                ip -n "$pod" link del "$inside"
            fi
        fi
        defect drops-first && [ "$CNI_IFNAME" = net1 ] && ip -n "$pod" link del eth0
        defect noise && [ -n "${HTTP_PROXY:-}" ] && refuse 999 "no proxy"
        case $own in
        *conformance.vpccni.dev/unknown*) defect strict && refuse 7 "unknown key" ;;
        esac
        choose
        ip -batch - <<END || refuse 999 "no link"
link add $host type veth peer name $inside netns $pod
link set $host up
rule add from $address lookup 9
END
        ip -n "$pod" -batch - <<END
link set $inside up
address add $address/32 dev $inside
route add default dev $inside metric ${address##*.}
END
        if defect remembers-late; then
            sleep 0.3
            echo "$address" >"$file"
        fi
        defect needs-previous && : >"$STATE/whole-$CNI_CONTAINERID"
    fi
    result
}

del() {
    if [ -z "$address" ]; then
        defect del-once && [ -e "$STATE/deleted-$CNI_CONTAINERID" ] && refuse 999 "not found"
        defect del-unknown && [ ! -e "$STATE/deleted-$CNI_CONTAINERID" ] && refuse 999 "never seen"
        return
    fi
    : >"$STATE/deleted-$CNI_CONTAINERID"
    defect needs-namespace && [ -z "$CNI_NETNS" ] && refuse 999 "no namespace"
    defect del-fails && [ -n "$previous" ] && [ -e "$CNI_NETNS" ] && refuse 999 "never"
    defect del-prints && echo '{"done":true}'
    defect del-greedy && ip rule del from 10.9.0.2 2>/dev/null
    defect stays-plugged && look
    if defect stays-plugged && link "$inside"; then
        ip rule del from "$address" 2>/dev/null
        ip route replace "$address/32" dev "$host"
        rm -f "$file"
        rmdir "$STATE/address-${address##*.}" 2>/dev/null
        return
    fi
    release
}

check() {
    [ -n "$previous" ] || defect check-lenient || refuse 7 "no prevResult"
    defect check-never && refuse 999 "not as expected"
    look
    if ! link "$inside"; then
        defect check-blind-link && return
        refuse 999 "no $inside"
    fi
    case "$(ip -n "$pod" address show dev "$inside" 2>/dev/null)" in
    *"inet $address/"*) ;;
    *)
        # With its last address a link loses its routes.
        defect check-blind-address && return
        refuse 999 "no $address"
        ;;
    esac
    case "$(ip -n "$pod" route 2>/dev/null)" in
    *default*) ;;
    *) defect check-blind-route || refuse 999 "no route" ;;
    esac
}

gc() {
    defect gc-nothing && return
    for file in "$STATE"/*.*; do
        [ -f "$file" ] || continue
        name=${file##*/}
        CNI_CONTAINERID=${name%.*} CNI_IFNAME=${name##*.} CNI_NETNS=
        case $own in
        *"\"containerID\":\"$CNI_CONTAINERID\""*) defect gc-everything || continue ;;
        esac
        place
        previous=known
        release
    done
}

missing=4
defect missing-code && missing=999
if [ "${CNI_COMMAND:-}" = VERSION ]; then
    defect version-needs-path && [ -z "${CNI_PATH:-}" ] && refuse 4 "CNI_PATH missing"
    defect version-form && echo '{"cniVersion":"1.1.0","supportedVersions":"all"}' && exit 0
    echo "{\"cniVersion\":\"1.1.0\",\"supportedVersions\":[$VERSIONS]}"
    exit 0
fi
input=
IFS= read -r input || :
case $input in
"{"*"}") ;;
*) defect any-text || refuse 6 "no JSON object" ;;
esac
previous=
case $input in
*'"prevResult":{'*) previous=known ;;
esac
# Keys are in the order of the alphabet: name and cniVersion come before prevResult, type behind.
own=${input%%\"prevResult\"*}
: "${CNI_CONTAINERID:=}" "${CNI_NETNS:=}" "${CNI_IFNAME:=}"
field cniVersion
wanted=$value
case $VERSIONS in
*"\"$wanted\""*) ;;
*) defect any-version || refuse 1 "incompatible CNI versions" ;;
esac
field name
case $value in
"" | *[!a-zA-Z0-9_.-]*) defect no-name || refuse 7 "invalid name" ;;
esac
case ${CNI_COMMAND:-} in
ADD | CHECK) need CNI_CONTAINERID CNI_NETNS CNI_IFNAME && valid ;;
DEL) need CNI_CONTAINERID CNI_IFNAME && valid ;;
GC) ;;
STATUS)
    defect status-code && refuse 7 "not ready"
    exit 0
    ;;
*) defect any-command || refuse 4 "unknown CNI_COMMAND" ;;
esac
pod=${CNI_NETNS##*/}
place
case ${CNI_COMMAND:-} in
ADD) add ;;
DEL) del ;;
CHECK) check ;;
GC) gc ;;
esac
exit 0
