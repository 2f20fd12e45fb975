/* SPDX-License-Identifier: MIT */
/* Every example policy loads without a word and denies what it does not say. */
#include <dirent.h>
#include <stdlib.h>

#include "policy/decide.h"
#include "policy_help.h"
#include "tap.h"

static void test_example(const char *path)
{
	static struct problems ps;
	struct policy *p = NULL;
	struct ef_err err = { 0 };
	struct observation o = connect_to("198.51.100.1:443");

	ok(policy_load_file(path, &ps, &p, &err) == 0);
	if (!p) {
		printf("# %s\n", err.msg);
		return;
	}
	ok(ps.n_errors == 0 && ps.n_warnings == 0);
	ok(policy_decide(p, &o).verdict == VERDICT_DENY);
	o.addr = addr_of("169.254.169.254:80");
	ok(policy_decide(p, &o).verdict == VERDICT_DENY);
	policy_unref(p);
}

int main(void)
{
	const char *top = getenv("srcdir");
	unsigned int n = 0;
	char folder[4096], path[8192];
	struct dirent *e;
	DIR *d;

	snprintf(folder, sizeof(folder), "%s/share/policies", top ? top : ".");
	d = opendir(folder);
	while (d && (e = readdir(d))) {
		if (!strstr(e->d_name, ".yaml"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		test_example(path);
		n++;
	}
	if (d)
		closedir(d);
	ok(n >= 6);
	return done();
}
