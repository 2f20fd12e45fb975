/* SPDX-License-Identifier: MIT */
/*
 * The list of shared hosts. Entries are compared by labels from the right; a
 * "*" stands for any one label, such as the region of a cloud. Cloud roots are
 * listed as well: a wildcard on one would cover the tenants below it.
 */
#include "learn/shared.h"

#include <string.h>

struct entry {
	const char *name;
	enum shared_kind kind;
};

static const struct entry entries[] = {
	/* storage, functions, queues: a customer is a label, or not even that */
	{ "amazonaws.com", SHARED_TENANTS },
	{ "s3.amazonaws.com", SHARED_TENANTS },
	{ "s3.*.amazonaws.com", SHARED_TENANTS },
	{ "execute-api.*.amazonaws.com", SHARED_TENANTS },
	{ "lambda-url.*.on.aws", SHARED_TENANTS },
	{ "sqs.*.amazonaws.com", SHARED_TENANTS },
	{ "elb.*.amazonaws.com", SHARED_TENANTS },
	{ "amazonaws.com.cn", SHARED_TENANTS },
	{ "windows.net", SHARED_TENANTS },
	{ "blob.core.windows.net", SHARED_TENANTS },
	{ "queue.core.windows.net", SHARED_TENANTS },
	{ "table.core.windows.net", SHARED_TENANTS },
	{ "file.core.windows.net", SHARED_TENANTS },
	{ "dfs.core.windows.net", SHARED_TENANTS },
	{ "servicebus.windows.net", SHARED_TENANTS },
	{ "vault.azure.net", SHARED_TENANTS },
	{ "azureedge.net", SHARED_TENANTS },
	{ "azurefd.net", SHARED_TENANTS },
	{ "azurecr.io", SHARED_TENANTS },
	{ "logic.azure.com", SHARED_TENANTS },
	{ "googleapis.com", SHARED_TENANTS },
	{ "storage.googleapis.com", SHARED_TENANTS },
	{ "firebaseio.com", SHARED_TENANTS },
	{ "pkg.dev", SHARED_TENANTS },
	{ "googleusercontent.com", SHARED_TENANTS },
	{ "backblazeb2.com", SHARED_TENANTS },
	{ "wasabisys.com", SHARED_TENANTS },
	{ "linodeobjects.com", SHARED_TENANTS },
	{ "r2.cloudflarestorage.com", SHARED_TENANTS },
	{ "oraclecloud.com", SHARED_TENANTS },
	{ "aliyuncs.com", SHARED_TENANTS },
	{ "myqcloud.com", SHARED_TENANTS },
	/* content delivery and hosting */
	{ "fastly.net", SHARED_TENANTS },
	{ "akamai.net", SHARED_TENANTS },
	{ "edgekey.net", SHARED_TENANTS },
	{ "cdn77.org", SHARED_TENANTS },
	{ "b-cdn.net", SHARED_TENANTS },
	{ "replit.dev", SHARED_TENANTS },
	{ "hf.space", SHARED_TENANTS },
	{ "notion.site", SHARED_TENANTS },
	{ "dropboxusercontent.com", SHARED_TENANTS },
	{ "ingest.sentry.io", SHARED_TENANTS },
	{ "sharepoint.com", SHARED_TENANTS },
	{ "salesforce.com", SHARED_TENANTS },
	{ "zendesk.com", SHARED_TENANTS },
	/* paste and catch-all sites */
	{ "pastebin.com", SHARED_PASTE },
	{ "paste.ee", SHARED_PASTE },
	{ "gist.githubusercontent.com", SHARED_PASTE },
	{ "transfer.sh", SHARED_PASTE },
	{ "file.io", SHARED_PASTE },
	{ "0x0.st", SHARED_PASTE },
	{ "webhook.site", SHARED_PASTE },
	{ "requestbin.com", SHARED_PASTE },
	{ "pipedream.net", SHARED_PASTE },
	{ "oast.fun", SHARED_PASTE },
	{ "interact.sh", SHARED_PASTE },
	{ "burpcollaborator.net", SHARED_PASTE },
	/* tunnels */
	{ "ngrok.io", SHARED_TUNNEL },
	{ "ngrok.app", SHARED_TUNNEL },
	{ "ngrok-free.app", SHARED_TUNNEL },
	{ "trycloudflare.com", SHARED_TUNNEL },
	{ "loca.lt", SHARED_TUNNEL },
	{ "serveo.net", SHARED_TUNNEL },
	{ "devtunnels.ms", SHARED_TUNNEL },
	/* chat */
	{ "slack.com", SHARED_HOOK },
	{ "discord.com", SHARED_HOOK },
	{ "discordapp.com", SHARED_HOOK },
	{ "telegram.org", SHARED_HOOK },
	{ "webhook.office.com", SHARED_HOOK },
};

#define N_ENTRIES (sizeof(entries) / sizeof(entries[0]))

/* How the labels of a name and of an entry go together, from the right. */
enum fit { FIT_NOT, FIT_SAME, FIT_NAME_BELOW, FIT_NAME_ABOVE };

static const char *last_label(const char *text, size_t len)
{
	while (len && text[len - 1] != '.')
		len--;
	return text + len;
}

static enum fit fit(const char *name, const char *entry)
{
	size_t n = strlen(name), e = strlen(entry);

	while (n && e) {
		const char *a = last_label(name, n), *b = last_label(entry, e);
		size_t a_len = n - (size_t)(a - name);
		size_t b_len = e - (size_t)(b - entry);
		bool is_any = b_len == 1 && *b == '*';

		if (!is_any && (a_len != b_len || memcmp(a, b, a_len) != 0))
			return FIT_NOT;
		n = a == name ? 0 : (size_t)(a - name) - 1;
		e = b == entry ? 0 : (size_t)(b - entry) - 1;
	}
	return n ? FIT_NAME_BELOW : e ? FIT_NAME_ABOVE : FIT_SAME;
}

enum shared_kind shared_kind_of(const struct dname *name)
{
	char text[DNAME_TEXT_MAX];
	enum shared_kind kind = SHARED_NOT;
	size_t longest = 0;

	dname_text(name, text);
	for (size_t i = 0; i < N_ENTRIES; i++) {
		enum fit f = fit(text, entries[i].name);

		if ((f == FIT_SAME || f == FIT_NAME_BELOW) &&
		    strlen(entries[i].name) > longest) {
			longest = strlen(entries[i].name);
			kind = entries[i].kind;
		}
	}
	return kind;
}

static bool has_fit(const struct dname *name, enum fit wanted)
{
	char text[DNAME_TEXT_MAX];

	dname_text(name, text);
	for (size_t i = 0; i < N_ENTRIES; i++)
		if (fit(text, entries[i].name) == wanted)
			return true;
	return false;
}

bool shared_has(const struct dname *name)
{
	return has_fit(name, FIT_SAME);
}

bool shared_is_above(const struct dname *name)
{
	return has_fit(name, FIT_NAME_ABOVE);
}

const char *shared_entry(size_t i, enum shared_kind *ret_kind)
{
	if (i >= N_ENTRIES)
		return NULL;
	*ret_kind = entries[i].kind;
	return entries[i].name;
}
