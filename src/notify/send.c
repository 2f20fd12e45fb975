/* SPDX-License-Identifier: MIT */
/* The three calls that send with an address or ancillary data. */
#include "notify/send.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "notify/sending.h"

#define MSG_CMSG_COMPAT_ 0x80000000u /* include/linux/socket.h */

/* Flags of a send that Linux reads. MSG_ZEROCOPY would have it read our
 * buffers later; MSG_FASTOPEN is looked at here and goes no further. */
#define FLAGS_PASSED (0xffff | MSG_FASTOPEN)

struct sends *sends_new(bool answers_get_lost)
{
	struct sends *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->repeat = repeat_new();
	if (answers_get_lost)
		s->lost = lost_new();
	if (!s->repeat || (answers_get_lost && !s->lost)) {
		sends_free(s);
		return NULL;
	}
	return s;
}

void sends_free(struct sends *s)
{
	if (!s)
		return;
	repeat_free(s->repeat);
	lost_free(s->lost);
	free(s);
}

static void begin(struct sending *s, struct call *c, uint32_t flags)
{
	s->call = c;
	s->flags = (int)(flags & FLAGS_PASSED);
	s->may_wait = !(flags & MSG_DONTWAIT);
	s->wants_signal = c->type == SOCK_STREAM && !(flags & MSG_NOSIGNAL);
	s->addr.family = ADDR_NONE;
	s->to_len = 0;
	s->unix_to = NULL;
	memset(&s->to, 0, sizeof(s->to));
	s->anc.len = s->anc.n_fds = 0;
	s->ticket = (struct ticket){ 0 };
	s->sent = 0;
}

/* Everything that has to be known before anything may be done. -ECANCELED:
 * the target no longer waits, nothing of what was copied can be believed. */
static int prepare(struct sending *s)
{
	int r = sending_aim(s);

	if (!r)
		r = ancillary_take(s->call, &s->m, &s->anc);
	if (!r)
		r = sending_aim_interface(s);
	if (!r)
		r = message_load(s->call, &s->m, 0);
	if (!call_is_waiting(s->call))
		return -ECANCELED;
	s->flags &= ~MSG_FASTOPEN;
	return r;
}

/* Judge and carry out what has been prepared. */
static int64_t act(struct sending *s)
{
	int64_t value = sending_judge(s);

	return value == SENDING_GO ? sending_run(s) : value;
}

void sending_finish(struct sending *s, int64_t value)
{
	int error = value < 0 ? (int)value : 0;

	if (value == SENDING_WOULD_WAIT)
		error = -EAGAIN;
	ancillary_release(&s->anc);
	sendunix_free(s->unix_to);
	s->unix_to = NULL;
	if (s->ticket.seq || s->ticket.policy)
		gate_finish(s->call->ctx->gate, &s->ticket, error);
	s->ticket = (struct ticket){ 0 };
}

static void answer(struct call *c, struct lost_slot *slot, int64_t value)
{
	int error = value < 0 ? (int)value : 0;
	bool is_lost = call_answer(c, error ? 0 : value, error) == -ENOENT;

	lost_end(c->ctx->sends->lost, slot, is_lost, value);
}

/*
 * 1 when this very call was carried out before: *ret_value is its result. 0:
 * it is for this thread to carry out. -ECANCELED: the target no longer waits,
 * another thread has or had the same call issued again. That is asked once
 * more when the place is ours: whoever has it from here on waits for us.
 */
static int was_done(struct sending *s, struct lost_slot **ret_slot,
		    int64_t *ret_value)
{
	struct lost *lost = s->call->ctx->sends->lost;
	struct lost_key key;
	uint64_t d;

	*ret_slot = NULL;
	if (!lost)
		return 0;
	d = lost_digest(0, s->m.name, s->m.name_len);
	d = lost_digest(d, s->call->buffers->control, s->m.control_len);
	d = lost_digest(d, s->call->buffers->data, s->m.have);
	key = lost_key_of(s->call, d);
	if (lost_begin(lost, &key, ret_slot, ret_value))
		return 1;
	if (call_is_waiting(s->call))
		return 0;
	lost_end(lost, *ret_slot, false, 0);
	*ret_slot = NULL;
	return -ECANCELED;
}

static int copy_one(struct sending *s)
{
	const struct seccomp_data *d = &s->call->data;

	if (d->nr == SYS_sendmsg)
		return message_copy(s->call, d->args[1], &s->m);
	return message_copy_to(s->call, d->args[1], d->args[2], d->args[4],
			       (int)d->args[5], &s->m);
}

/* sendto() and sendmsg(). */
static void send_one(struct call *c, uint32_t flags)
{
	struct lost_slot *slot = NULL;
	struct sending s;
	int64_t value = 0;
	int r;

	begin(&s, c, flags);
	s.is_alone = true;
	r = copy_one(&s);
	if (!r)
		r = prepare(&s);
	if (!r)
		r = was_done(&s, &slot, &value);
	if (!r)
		value = act(&s);
	else if (r < 0)
		value = r;
	if (value == SENDING_WOULD_WAIT)
		value = sending_wait(&s, NULL, slot);
	ancillary_release(&s.anc); /* nothing of the target's stays with us */
	if (!c->is_answered && value != SENDING_HELD)
		answer(c, slot, value);
	sending_finish(&s, value);
}

static int write_len(const struct call *c, uint64_t entry, int64_t value)
{
	uint32_t len = (uint32_t)value;

	return call_write(c, entry + offsetof(struct mmsghdr, msg_len), &len,
			  sizeof(len));
}

/* One message of several: its length, -errno, or SENDING_WOULD_WAIT. */
static int64_t send_entry(struct sending *s, uint64_t entry, bool is_first,
			  struct lost_slot **slot)
{
	struct call *c = s->call;
	int64_t value = 0;
	int r = message_copy(c, entry, &s->m);

	s->flags |= s->m.flags & MSG_EOR;
	if (!r)
		r = prepare(s);
	if (!r && is_first)
		r = was_done(s, slot, &value);
	if (r == 1) {
		ancillary_release(&s->anc);
		answer(c, *slot, value);
		return value;
	}
	return r ? r : act(s);
}

int64_t sending_vector_end(struct call *c, struct sending_vector *v, int64_t value)
{
	int r;

	if (value >= 0 && !c->is_answered) {
		r = write_len(c, v->entry, value);
		if (r) {
			value = r;
		} else {
			v->done++;
			v->entry += sizeof(struct mmsghdr);
		}
	}
	return v->done ? (int64_t)v->done : value;
}

int64_t sending_vector_run(struct call *c, struct sending_vector *v,
			   struct lost_slot **slot, struct sending *s)
{
	int64_t result = v->done;

	while (v->done < v->n) {
		uint32_t before = v->done;
		int64_t value;

		begin(s, c, v->flags);
		s->is_alone = false;
		value = send_entry(s, v->entry, before == 0, slot);
		if (value == SENDING_WOULD_WAIT)
			return value;
		sending_finish(s, value);
		result = sending_vector_end(c, v, value);
		if (v->done == before || (uint64_t)value < s->m.len)
			break;
	}
	return result;
}

static int64_t send_vector(struct call *c, uint32_t flags, struct lost_slot **slot)
{
	struct sending_vector v = { .flags = flags,
				    .n = (uint32_t)c->data.args[2],
				    .entry = c->data.args[1] };
	struct sending s;
	int64_t value;

	if (v.n > MESSAGE_VECTOR_MAX)
		v.n = MESSAGE_VECTOR_MAX;
	value = sending_vector_run(c, &v, slot, &s);
	if (value != SENDING_WOULD_WAIT)
		return value;
	value = sending_wait(&s, &v, *slot);
	sending_finish(&s, value);
	return sending_vector_end(c, &v, value);
}

/* What could not be looked at is recorded as that, and refused. */
static int refuse_unreadable(const struct call *c)
{
	struct observation seen;
	const struct process *who;
	struct ticket ticket;
	int64_t row;
	int r = call_identify(c, &who, &row);

	if (r)
		return r;
	call_observe(c, STAGE_SEND, &seen);
	seen.unreadable = true;
	r = gate_admit(c->ctx->gate, &seen, who, row, &ticket);
	gate_finish(c->ctx->gate, &ticket, -EPERM);
	return r < 0 ? r : -EPERM;
}

static int take(struct call *c, uint32_t flags)
{
	int r;

	if (c->data.nr != SYS_sendto && flags & MSG_CMSG_COMPAT_)
		return -EINVAL;
	r = call_take_socket(c, (int)c->data.args[0]);
	if (!r && c->data.nr == SYS_sendmmsg)
		r = call_open_memory(c);
	return r == -EPERM ? refuse_unreadable(c) : r;
}

void send_handle(struct call *c)
{
	uint32_t flags =
		(uint32_t)c->data.args[c->data.nr == SYS_sendmsg ? 2 : 3];
	struct lost_slot *slot = NULL;
	int64_t value = take(c, flags);

	if (!value && c->data.nr != SYS_sendmmsg) {
		send_one(c, flags);
		return;
	}
	if (!value)
		value = send_vector(c, flags, &slot);
	if (!c->is_answered)
		answer(c, slot, value);
}
