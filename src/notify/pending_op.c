/* SPDX-License-Identifier: MIT */
/* One call that waits: what for, and how it goes on. */
#include "notify/pending_op.h"

#include <errno.h>
#include <sys/epoll.h>

#include "notify/connect.h"
#include "notify/dnsrecv.h"
#include "notify/dnssend.h"
#include "notify/send.h"
#include "notify/unix_connect.h"

bool pending_op_is_ticked(const struct pending_op *op)
{
	return op->kind == PENDING_UNIX_CONNECT || op->kind == PENDING_HOLD ||
	       (op->kind == PENDING_SEND && op->call.domain == AF_UNIX &&
		op->call.type == SOCK_DGRAM);
}

uint32_t pending_op_events(const struct pending_op *op)
{
	switch (op->kind) {
	case PENDING_CONNECT:
		return EPOLLOUT | EPOLLONESHOT;
	case PENDING_SEND:
		return pending_op_is_ticked(op) ? 0 : EPOLLOUT | EPOLLONESHOT;
	case PENDING_RECV:
		return EPOLLIN | EPOLLONESHOT;
	case PENDING_HOLD:
		/* Replies not read yet would keep it ready. */
		return EPOLLIN | EPOLLET;
	case PENDING_UNIX_CONNECT:
	case PENDING_LOOKUP:
	case PENDING_NONE:
	case N_PENDING_KINDS:
	default:
		return 0;
	}
}

enum pending_step pending_op_step(struct pending_op *op)
{
	switch (op->kind) {
	case PENDING_CONNECT:
		return connect_step(op);
	case PENDING_RECV:
		return dnsrecv_step(op);
	case PENDING_HOLD:
		return dnssend_step(op);
	case PENDING_UNIX_CONNECT:
		return unix_connect_step(op);
	case PENDING_SEND:
		return send_step(op);
	case PENDING_LOOKUP:
	case PENDING_NONE:
	case N_PENDING_KINDS:
	default:
		return STEP_WAIT;
	}
}

enum pending_step pending_op_resolved(struct pending_op *op,
				      const struct resolve_result *r)
{
	switch (op->kind) {
	case PENDING_LOOKUP:
		return connect_resolved(op, r);
	case PENDING_HOLD:
		return dnssend_resolved(op, r);
	case PENDING_CONNECT:
	case PENDING_RECV:
	case PENDING_UNIX_CONNECT:
	case PENDING_SEND:
	case PENDING_NONE:
	case N_PENDING_KINDS:
	default:
		return STEP_WAIT;
	}
}

int pending_op_due(const struct pending_op *op, int64_t now_ns)
{
	if (op->deadline_ns && now_ns >= op->deadline_ns)
		return op->timeout_error;
	if (kernel_has_signal(op->call.tid))
		return op->is_restartable ? -EF_ERESTARTSYS : -EINTR;
	return 0;
}

void pending_op_end(struct pending_op *op, int error)
{
	int64_t done = op->kind == PENDING_SEND ? send_result(op) : 0;

	if (done > 0)
		error = 0;
	call_answer(&op->call, done, error);
	gate_finish(op->call.ctx->gate, &op->ticket, error);
}

void pending_op_abandon(struct pending_op *op)
{
	gate_finish(op->call.ctx->gate, &op->ticket, -EINTR);
}

void pending_op_release(struct pending_op *op)
{
	if (op->kind == PENDING_SEND)
		send_forget(op);
	else if (op->kind == PENDING_UNIX_CONNECT)
		unix_connect_forget(op);
	op->call.is_answered = true;
	call_done(&op->call);
}
