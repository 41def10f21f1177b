// The kernel's floor: a program that makes the links, addresses, routes, rules and neighbours of a
// pod and nothing else, message by message as the daemon does, and takes the pod's rules and route
// away again.
//
// Environment: CNI_COMMAND (ADD or DEL), CNI_NETNS (path of the pod's namespace), FLOOR_ADDRESS (the
// pod's), FLOOR_TABLE (of the rule at 1536), FLOOR_LINK (name of the host's end).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MTU = 9001, MAIN_TABLE = 254, TO_POD = 512, FROM_POD = 1536, FRESH = NLM_F_CREATE | NLM_F_EXCL };

static char message[4096], answer[32768];
static size_t length;
static int link_index, peer_index;

static void die(const char *what, int error) {
    fprintf(stderr, "%s: %s\n", what, strerror(error));
    exit(1);
}

static void *begin(int type, int flags, size_t header) {
    struct nlmsghdr *h = (void *)message;
    memset(message, 0, NLMSG_HDRLEN + NLMSG_ALIGN(header));
    h->nlmsg_type = (uint16_t)type;
    h->nlmsg_flags = (uint16_t)(flags | NLM_F_REQUEST | NLM_F_ACK);
    length = NLMSG_HDRLEN + NLMSG_ALIGN(header);
    return h + 1;
}

static struct rtattr *put(int type, const void *data, size_t size) {
    struct rtattr *a = (void *)(message + length);
    memset(a, 0, RTA_SPACE(size));
    a->rta_type = (uint16_t)type;
    a->rta_len = (uint16_t)RTA_LENGTH(size);
    if (size) memcpy(RTA_DATA(a), data, size);
    length += RTA_SPACE(size);
    return a;
}

static void put32(int type, uint32_t value) { put(type, &value, sizeof value); }

static void put_name(int type, const char *name) { put(type, name, strlen(name) + 1); }

static void end_nested(struct rtattr *a) { a->rta_len = (uint16_t)(message + length - (char *)a); }

static void remember_link(const struct nlmsghdr *h) {
    const struct ifinfomsg *info = NLMSG_DATA(h);
    link_index = info->ifi_index;
    int left = (int)(h->nlmsg_len - NLMSG_LENGTH(sizeof *info));
    for (struct rtattr *a = IFLA_RTA(info); RTA_OK(a, left); a = RTA_NEXT(a, left))
        if (a->rta_type == IFLA_LINK) peer_index = *(int *)RTA_DATA(a);
}

// Sends the message and reads up to its acknowledgement; `tolerated` is an errno that is no failure.
static void request(int fd, const char *what, int tolerated) {
    struct nlmsghdr *h = (void *)message;
    h->nlmsg_len = (uint32_t)length;
    if (send(fd, message, length, 0) < 0) die(what, errno);
    for (;;) {
        ssize_t received = recv(fd, answer, sizeof answer, 0);
        if (received < 0) die(what, errno);
        for (h = (void *)answer; NLMSG_OK(h, received); h = NLMSG_NEXT(h, received)) {
            if (h->nlmsg_type == RTM_NEWLINK) remember_link(h);
            if (h->nlmsg_type != NLMSG_ERROR) continue;
            int error = -((struct nlmsgerr *)NLMSG_DATA(h))->error;
            if (error && error != tolerated) die(what, error);
            return;
        }
    }
}

static void veth(int fd, const char *host, const uint8_t *host_mac, const uint8_t *pod_mac, int host_ns) {
    struct ifinfomsg *info = begin(RTM_NEWLINK, FRESH, sizeof *info);
    info->ifi_flags = info->ifi_change = IFF_UP;
    put_name(IFLA_IFNAME, "eth0");
    put32(IFLA_MTU, MTU);
    put(IFLA_ADDRESS, pod_mac, 6);
    struct rtattr *link = put(IFLA_LINKINFO, NULL, 0);
    put_name(IFLA_INFO_KIND, "veth");
    struct rtattr *data = put(IFLA_INFO_DATA, NULL, 0), *peer = put(VETH_INFO_PEER, NULL, 0);
    memset(message + length, 0, sizeof *info);
    length += sizeof *info;
    put_name(IFLA_IFNAME, host);
    put32(IFLA_MTU, MTU);
    put(IFLA_ADDRESS, host_mac, 6);
    put32(IFLA_NET_NS_FD, (uint32_t)host_ns);
    end_nested(peer);
    end_nested(data);
    end_nested(link);
    request(fd, "veth", 0);
}

static void route(int fd, int type, int flags, const uint32_t *to, const uint32_t *via, int device, int scope) {
    struct rtmsg *r = begin(type, flags, sizeof *r);
    *r = (struct rtmsg){.rtm_family = AF_INET, .rtm_dst_len = to ? 32 : 0, .rtm_table = MAIN_TABLE, .rtm_scope = (uint8_t)scope};
    if (type == RTM_NEWROUTE) {
        r->rtm_protocol = RTPROT_BOOT;
        r->rtm_type = RTN_UNICAST;
    }
    if (to) put(RTA_DST, to, 4);
    if (via) put(RTA_GATEWAY, via, 4);
    if (device) put32(RTA_OIF, (uint32_t)device);
    request(fd, "route", type == RTM_DELROUTE ? ESRCH : 0);
}

static void rule(int fd, int type, int attribute, uint32_t address, uint32_t priority, uint32_t table) {
    int flags = type == RTM_NEWRULE ? FRESH : 0;
    struct fib_rule_hdr *r = begin(type, flags, sizeof *r);
    r->family = AF_INET;
    r->action = FR_ACT_TO_TBL;
    *(attribute == FRA_DST ? &r->dst_len : &r->src_len) = 32;
    put(attribute, &address, 4);
    put32(FRA_PRIORITY, priority);
    put32(FRA_TABLE, table);
    request(fd, "rule", type == RTM_NEWRULE ? EEXIST : ENOENT);
}

static void neighbour(int fd, uint32_t address, const uint8_t *mac, int device) {
    struct ndmsg *n = begin(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, sizeof *n);
    *n = (struct ndmsg){.ndm_family = AF_INET, .ndm_ifindex = device, .ndm_state = NUD_PERMANENT};
    put(NDA_DST, &address, 4);
    put(NDA_LLADDR, mac, 6);
    request(fd, "neighbour", 0);
}

static void sysctl(const char *host, const char *name, char wanted) {
    char path[128], value = 0;
    snprintf(path, sizeof path, "/proc/sys/net/ipv6/conf/%s/%s", host, name);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return; // no IPv6 in this kernel
    if (pread(fd, &value, 1, 0) == 1 && value != wanted && pwrite(fd, &wanted, 1, 0) != 1) die(path, errno);
    close(fd);
}

static int route_socket(void) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) die("socket", errno);
    return fd;
}

static void add(int host, const char *link, uint32_t address, uint32_t table) {
    const char *path = getenv("CNI_NETNS");
    int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    int pod_ns = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (own < 0 || pod_ns < 0) die("namespace", errno);
    if (setns(pod_ns, CLONE_NEWNET)) die("setns", errno);
    int pod = route_socket();
    if (setns(own, CLONE_NEWNET)) die("setns", errno);

    uint8_t host_mac[6] = {0x0a, 0x58}, pod_mac[6] = {0x0e, 0x58};
    memcpy(host_mac + 2, &address, 4);
    memcpy(pod_mac + 2, &address, 4);
    uint32_t gateway = inet_addr("169.254.1.1");
    veth(pod, link, host_mac, pod_mac, own);
    begin(RTM_GETLINK, 0, sizeof(struct ifinfomsg));
    put_name(IFLA_IFNAME, "eth0");
    put32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    request(pod, "link", 0);
    int in_pod = link_index, on_host = peer_index;
    sysctl(link, "accept_ra", '0');
    sysctl(link, "accept_redirects", '1');
    sysctl(link, "forwarding", '0');
    struct ifinfomsg *up = begin(RTM_NEWLINK, 0, sizeof *up);
    *up = (struct ifinfomsg){.ifi_index = on_host, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    request(host, "up", 0);

    struct ifaddrmsg *a = begin(RTM_NEWADDR, FRESH, sizeof *a);
    *a = (struct ifaddrmsg){.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = (uint32_t)in_pod};
    put(IFA_LOCAL, &address, 4);
    put(IFA_ADDRESS, &address, 4);
    request(pod, "address", 0);
    int replace = NLM_F_CREATE | NLM_F_REPLACE;
    route(pod, RTM_NEWROUTE, replace, &gateway, NULL, in_pod, RT_SCOPE_LINK);
    route(pod, RTM_NEWROUTE, replace, NULL, &gateway, in_pod, RT_SCOPE_UNIVERSE);
    neighbour(pod, gateway, host_mac, in_pod);
    neighbour(host, address, pod_mac, on_host);
    route(host, RTM_NEWROUTE, replace, &address, NULL, on_host, RT_SCOPE_LINK);
    rule(host, RTM_NEWRULE, FRA_DST, address, TO_POD, MAIN_TABLE);
    if (table != MAIN_TABLE) rule(host, RTM_NEWRULE, FRA_SRC, address, FROM_POD, table);
}

static void delete(int host, uint32_t address, uint32_t table) {
    rule(host, RTM_DELRULE, FRA_DST, address, TO_POD, MAIN_TABLE);
    if (table != MAIN_TABLE) rule(host, RTM_DELRULE, FRA_SRC, address, FROM_POD, table);
    route(host, RTM_DELROUTE, 0, &address, NULL, 0, RT_SCOPE_LINK);
}

int main(void) {
    const char *command = getenv("CNI_COMMAND"), *address = getenv("FLOOR_ADDRESS");
    const char *table = getenv("FLOOR_TABLE"), *link = getenv("FLOOR_LINK");
    if (!command || !address || !table || !link) {
        fprintf(stderr, "floor: CNI_COMMAND, FLOOR_ADDRESS, FLOOR_TABLE and FLOOR_LINK are needed\n");
        return 2;
    }
    int host = route_socket();
    if (!strcmp(command, "ADD")) add(host, link, inet_addr(address), (uint32_t)atoi(table));
    else delete(host, inet_addr(address), (uint32_t)atoi(table));
    return 0;
}
