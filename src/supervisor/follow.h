/* SPDX-License-Identifier: MIT */
#ifndef EF_SUPERVISOR_FOLLOW_H
#define EF_SUPERVISOR_FOLLOW_H

#include "supervisor/session.h"

/*
 * Take over what a reload changed beyond verdicts: the trusted resolvers of
 * the live policy (dns.servers, address rules that list port 53). Cheap when
 * it is the one seen last. Loop thread, in every turn before dns_step().
 */
void follow_policy(struct session *s);

#endif
