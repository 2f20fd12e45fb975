// SPDX-License-Identifier: MIT
// The running digest of a session's rows.
//
// Encoding: for each cell a byte for its kind (0 null, 1 integer, 2 text or
// blob), then 8 bytes of number or length, least significant first, then the
// bytes. It leaves no doubt where a cell ends, so two different rows never
// give the same bytes.
#include "audit/digest.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#define SHA256_BYTES 32

struct digest {
	EVP_MD_CTX *ctx[N_DIGESTS];
	EVP_MD_CTX *saved;
};

struct digest *digest_new(void)
{
	struct digest *d = calloc(1, sizeof(*d));

	if (d)
		d->saved = EVP_MD_CTX_new();
	for (size_t i = 0; d && i < N_DIGESTS; i++) {
		d->ctx[i] = EVP_MD_CTX_new();
		if (!d->saved || !d->ctx[i] ||
		    !EVP_DigestInit_ex(d->ctx[i], EVP_sha256(), NULL)) {
			digest_free(d);
			return NULL;
		}
	}
	return d;
}

void digest_free(struct digest *d)
{
	for (size_t i = 0; d && i < N_DIGESTS; i++)
		EVP_MD_CTX_free(d->ctx[i]);
	if (d)
		EVP_MD_CTX_free(d->saved);
	free(d);
}

/* Small cells are gathered, so that most rows cost one call of the library. */
struct gather {
	EVP_MD_CTX *ctx;
	bool failed;
	size_t len;
	unsigned char buf[1024];
};

static void gather_flush(struct gather *g)
{
	if (!EVP_DigestUpdate(g->ctx, g->buf, g->len))
		g->failed = true;
	g->len = 0;
}

static void gather_add(struct gather *g, const void *p, size_t len)
{
	if (len > sizeof(g->buf) - g->len)
		gather_flush(g);
	if (len > sizeof(g->buf)) {
		if (!EVP_DigestUpdate(g->ctx, p, len))
			g->failed = true;
		return;
	}
	if (len)
		memcpy(g->buf + g->len, p, len);
	g->len += len;
}

static void gather_cell(struct gather *g, const struct cell *c)
{
	bool is_null = c->kind == CELL_NULL || (c->kind == CELL_REF && !c->n);
	bool is_int = c->kind == CELL_INT;
	uint64_t v = is_null ? 0 : is_int ? (uint64_t)c->n : c->len;
	unsigned char head[9];

	head[0] = is_null ? 0 : is_int ? 1 : 2;
	for (int i = 0; i < 8; i++)
		head[1 + i] = (unsigned char)(v >> (8 * i));
	gather_add(g, head, sizeof(head));
	if (!is_null && !is_int)
		gather_add(g, c->p, c->len);
}

int digest_row(struct digest *d, enum digest_table table,
	       const struct cell *cells, size_t n)
{
	struct gather g;

	g.ctx = d->ctx[table];
	g.failed = false;
	g.len = 0;
	for (size_t i = 0; i < n; i++)
		gather_cell(&g, &cells[i]);
	gather_flush(&g);
	return g.failed ? -EIO : 0;
}

int digest_save(struct digest *d, enum digest_table table)
{
	return EVP_MD_CTX_copy_ex(d->saved, d->ctx[table]) ? 0 : -EIO;
}

void digest_restore(struct digest *d, enum digest_table table)
{
	EVP_MD_CTX *gone = d->ctx[table];

	d->ctx[table] = d->saved;
	d->saved = gone;
}

static void hex(const unsigned char *bytes, size_t n, char *ret)
{
	for (size_t i = 0; i < n; i++)
		snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
}

void digest_text(const struct digest *d, char ret[DIGEST_HEX])
{
	unsigned char all[N_DIGESTS * SHA256_BYTES];
	EVP_MD_CTX *copy = EVP_MD_CTX_new();
	bool good = copy != NULL;

	for (size_t i = 0; good && i < N_DIGESTS; i++)
		good = EVP_MD_CTX_copy_ex(copy, d->ctx[i]) &&
		       EVP_DigestFinal_ex(copy, all + i * SHA256_BYTES, NULL);
	EVP_MD_CTX_free(copy);
	if (good)
		digest_bytes(all, sizeof(all), ret);
	else
		memcpy(ret,
		       "0000000000000000000000000000000000000000000000000000000"
		       "000000000",
		       DIGEST_HEX);
}

void digest_bytes(const void *p, size_t len, char ret[DIGEST_HEX])
{
	unsigned char sum[SHA256_BYTES] = { 0 };

	EVP_Digest(p, len, sum, NULL, EVP_sha256(), NULL);
	hex(sum, sizeof(sum), ret);
}
