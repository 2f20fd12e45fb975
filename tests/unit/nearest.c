/* SPDX-License-Identifier: MIT */
#include "base/nearest.h"
#include "tap.h"

int main(void)
{
	char far[NEAREST_WORD_MAX + 2];

	memset(far, 'a', sizeof(far) - 1);
	far[sizeof(far) - 1] = '\0';

	ok(nearest_distance("", "") == 0);
	ok(nearest_distance("log", "log") == 0);
	ok(nearest_distance("LOG", "log") == 0);
	ok(nearest_distance("", "log") == 3);
	ok(nearest_distance("pattern", "patern") == 1);
	ok(nearest_distance("prots", "ports") == 1); /* neighbours swapped */
	ok(nearest_distance("kitten", "sitting") == 3);
	ok(nearest_distance(far, "a") == NEAREST_FAR);
	ok(nearest_distance("a", far) == NEAREST_FAR);
	ok(nearest_is_close("lgo", 1));
	ok(!nearest_is_close("lgo", 2));
	ok(nearest_is_close("prots", 2));
	ok(nearest_is_close("allow-private", 3));
	ok(!nearest_is_close("allow-private", 4));
	return done();
}
