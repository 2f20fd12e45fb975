/* SPDX-License-Identifier: MIT */
/* Taking capabilities away. */
#include "supervisor/caps.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(cap) (UINT64_C(1) << (cap))

static const struct {
	const char *name;
	int number;
} perilous[] = {
	/* Opens a file by its handle on whichever mount of it is writable. */
	{ "dac_read_search", CAP_DAC_READ_SEARCH },
	{ "linux_immutable", CAP_LINUX_IMMUTABLE },
	{ "setpcap", CAP_SETPCAP },
	{ "net_admin", CAP_NET_ADMIN },
	{ "net_raw", CAP_NET_RAW },
	{ "sys_module", CAP_SYS_MODULE },
	{ "sys_rawio", CAP_SYS_RAWIO },
	{ "sys_ptrace", CAP_SYS_PTRACE },
	{ "sys_admin", CAP_SYS_ADMIN },
	{ "sys_boot", CAP_SYS_BOOT },
	{ "sys_resource", CAP_SYS_RESOURCE },
	{ "sys_time", CAP_SYS_TIME },
	{ "sys_tty_config", CAP_SYS_TTY_CONFIG },
	{ "mknod", CAP_MKNOD },
	{ "mac_admin", CAP_MAC_ADMIN },
	{ "perfmon", 38 },	      /* Linux 5.8 */
	{ "bpf", 39 },		      /* Linux 5.8 */
	{ "checkpoint_restore", 40 }, /* Linux 5.9 */
};

#define N_PERILOUS (sizeof(perilous) / sizeof(perilous[0]))

uint64_t caps_perilous(void)
{
	uint64_t set = 0;

	for (size_t i = 0; i < N_PERILOUS; i++)
		set |= BIT(perilous[i].number);
	return set;
}

static uint64_t find(const char *word, size_t len)
{
	if (len == 3 && !strncasecmp(word, "all", 3))
		return caps_perilous();
	if (len > 4 && !strncasecmp(word, "cap_", 4)) {
		word += 4;
		len -= 4;
	}
	for (size_t i = 0; i < N_PERILOUS; i++)
		if (strlen(perilous[i].name) == len &&
		    !strncasecmp(word, perilous[i].name, len))
			return BIT(perilous[i].number);
	return 0;
}

int caps_parse(const char *list, uint64_t *ret, struct ef_err *err)
{
	char names[512];

	*ret = 0;
	for (const char *at = list;; at++) {
		size_t len = strcspn(at, ",");
		uint64_t found = find(at, len);

		if (!found)
			return err_set(err, EINVAL,
				       "\"%.*s\" is none of the capabilities "
				       "that are taken away: %s, or all",
				       len > 40 ? 40 : (int)len, at,
				       caps_names(caps_perilous(), names,
						  sizeof(names)));
		*ret |= found;
		at += len;
		if (!*at)
			return 0;
	}
}

char *caps_names(uint64_t set, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < N_PERILOUS && at < size; i++)
		if (set & BIT(perilous[i].number))
			at += (size_t)snprintf(buf + at, size - at, "%s%s",
					       at ? "," : "", perilous[i].name);
	return buf;
}

static int get(struct __user_cap_data_struct d[2])
{
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};

	return syscall(SYS_capget, &h, d) < 0 ? -errno : 0;
}

uint64_t caps_of_ours(uint64_t set)
{
	struct __user_cap_data_struct d[2];
	uint64_t high;

	if (get(d) < 0)
		return set;
	high = d[1].permitted | d[1].inheritable;
	return set & (high << 32 | d[0].permitted | d[0].inheritable);
}

/*
 * A set that cannot be lowered, for want of CAP_SETPCAP, does no harm: with
 * no_new_privs an exec gives nothing that is not permitted already. Numbers
 * that this kernel does not know are EINVAL.
 */
static int drop_bounding(uint64_t set)
{
	for (size_t i = 0; i < N_PERILOUS; i++)
		if (set & BIT(perilous[i].number) &&
		    prctl(PR_CAPBSET_DROP, perilous[i].number, 0, 0, 0) < 0 &&
		    errno != EPERM && errno != EINVAL)
			return -errno;
	return 0;
}

/* What is not permitted and not inheritable cannot be ambient either. */
int caps_drop(uint64_t set)
{
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct d[2];
	uint32_t half[2] = { ~(uint32_t)set, ~(uint32_t)(set >> 32) };
	int r = drop_bounding(set);

	if (!r)
		r = get(d);
	if (r)
		return r;
	for (size_t i = 0; i < 2; i++) {
		d[i].effective &= half[i];
		d[i].permitted &= half[i];
		d[i].inheritable &= half[i];
	}
	return syscall(SYS_capset, &h, d) < 0 ? -errno : 0;
}
