/* SPDX-License-Identifier: MIT */
/* Snapshots of resolv.conf and hosts. */
#include "dns/resolvconf.h"

#include "tap.h"

static struct resolvconf conf;
static struct host_entry hosts[HOSTS_MAX];
static char shown[2048];

static const char *servers(const char *text)
{
	char one[ADDR_TEXT_MAX];
	size_t n = 0;

	resolvconf_parse(text, &conf);
	shown[0] = '\0';
	for (size_t i = 0; i < conf.n_servers; i++)
		n += (size_t)snprintf(shown + n, sizeof(shown) - n, "%s ",
				      addr_port_text(&conf.servers[i], one));
	return shown;
}

static const char *search(const char *text)
{
	char one[DNAME_TEXT_MAX];
	size_t n = 0;

	resolvconf_parse(text, &conf);
	shown[0] = '\0';
	for (size_t i = 0; i < conf.n_search; i++)
		n += (size_t)snprintf(shown + n, sizeof(shown) - n, "%s ",
				      dname_text(&conf.search[i], one));
	return shown;
}

static const char *entries(const char *text)
{
	char ip[ADDR_TEXT_MAX], name[DNAME_TEXT_MAX];
	size_t n = 0, count = hosts_parse(text, hosts, HOSTS_MAX);

	shown[0] = '\0';
	for (size_t i = 0; i < count; i++)
		n += (size_t)snprintf(shown + n, sizeof(shown) - n, "%s=%s ",
				      addr_text(&hosts[i].addr, ip),
				      dname_text(&hosts[i].name, name));
	return shown;
}

static void test_servers(void)
{
	ok_str(servers(""), "127.0.0.1:53 ");
	ok_str(servers("nameserver 192.0.2.1\nnameserver\t2001:db8::1 # two\n"),
	       "192.0.2.1:53 [2001:db8::1]:53 ");
	ok_str(servers("nameserver 0.0.0.0"), "127.0.0.1:53 ");
	ok_str(servers("nameserver fe80::1%lo\n"), "[fe80::1%1]:53 ");
	ok_str(servers("nameserver fe80::1%7\n"), "[fe80::1%7]:53 ");
	/* Lines that cannot be read are passed over. */
	ok_str(servers("nameserver fe80::1%nosuchif\nnameserver x\n"
		       " nameserver 192.0.2.9\n#nameserver 192.0.2.8\n"
		       "nameserver 192.0.2.1:54\nnameserver [::1]\n"
		       "nameservers 192.0.2.7\nnameserver\n"
		       "nameserver 192.0.2.2\r\n"),
	       "192.0.2.2:53 ");
	servers("nameserver 10.0.0.1\nnameserver 10.0.0.2\n"
		"nameserver 10.0.0.3\nnameserver 10.0.0.4\n"
		"nameserver 10.0.0.5\nnameserver 10.0.0.6\n"
		"nameserver 10.0.0.7\nnameserver 10.0.0.8\n"
		"nameserver 10.0.0.9\n");
	ok_str(shown + strlen(shown) - 12, "10.0.0.8:53 ");
	ok(conf.n_servers == RESOLVCONF_SERVERS_MAX);
}

static void test_search(void)
{
	ok_str(search("search corp.example Example.COM.\n"),
	       "corp.example example.com ");
	ok_str(search("search a.test\ndomain b.test c.test\n"), "b.test ");
	ok_str(search("domain b.test\nsearch a.test . a..b\n"), "a.test ");
	ok_str(search("search a b c d e f g h i j\n"), "a b c d e f g h ");
}

static void test_hosts(void)
{
	ok_str(entries("127.0.0.1 localhost\n::1 ip6-localhost x.localhost\n"),
	       "");
	ok_str(entries("192.0.2.1\tA.test b # c\n# 192.0.2.2 d\n2001:db8::1 e"),
	       "192.0.2.1=a.test 192.0.2.1=b 2001:db8::1=e ");
	ok_str(entries("x y\n\n192.0.2.1\n192.0.2.1 a..b caf\xc3\xa9 ok\n"),
	       "192.0.2.1=ok ");
	ok_str(entries("::ffff:192.0.2.1 m.test"), "192.0.2.1=m.test ");
	ok(hosts_parse("192.0.2.1 a b c", hosts, 2) == 2);
}

int main(void)
{
	test_servers();
	test_search();
	test_hosts();
	return done();
}
