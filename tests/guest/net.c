/* room: guest — the network as this process sees it */
#include "guest.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>

static unsigned bits(const unsigned char *mask, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (unsigned)__builtin_popcount(mask[i]);
	return sum;
}

static void one(const struct ifaddrs *a)
{
	char key[32], text[INET6_ADDRSTRLEN];

	if (a->ifa_addr->sa_family == AF_PACKET) {
		const struct sockaddr_ll *l = (const void *)a->ifa_addr;

		snprintf(key, sizeof(key), "link.%s", a->ifa_name);
		say(key, "%s %02x:%02x:%02x:%02x:%02x:%02x", a->ifa_flags & IFF_UP ? "up" : "down", l->sll_addr[0], l->sll_addr[1], l->sll_addr[2],
		    l->sll_addr[3], l->sll_addr[4], l->sll_addr[5]);
		return;
	}
	snprintf(key, sizeof(key), "addr.%s", a->ifa_name);
	if (a->ifa_addr->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)a->ifa_addr, *mask = (const void *)a->ifa_netmask;

		say(key, "%s/%u", inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text)), bits((const void *)&mask->sin_addr, 4));
	} else if (a->ifa_addr->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const void *)a->ifa_addr, *mask = (const void *)a->ifa_netmask;

		say(key, "%s/%u", inet_ntop(AF_INET6, &in->sin6_addr, text, sizeof(text)), bits((const void *)&mask->sin6_addr, 16));
	}
}

void network(void)
{
	struct ifaddrs *all;

	if (getifaddrs(&all) < 0)
		return;
	for (const struct ifaddrs *a = all; a; a = a->ifa_next)
		if (a->ifa_addr)
			one(a);
	freeifaddrs(all);
}
