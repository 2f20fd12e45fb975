/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_SITE_H
#define EF_AUDIT_SITE_H

/*
 * The site of a domain name: its registrable domain, what one owner has, as
 * the public suffix list knows it; the name itself where the list knows none.
 * Points into name. Does not block.
 */
const char *site_of(const char *name);

#endif
