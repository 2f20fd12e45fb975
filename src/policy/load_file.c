/* SPDX-License-Identifier: MIT */
/* Reading a policy file without ever waiting for anyone but the disk. */
#include "policy/load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/*
 * Open without waiting: a FIFO would wait for a writer, a file under a lease
 * (fcntl(2)) for its holder; O_NONBLOCK gives an error instead.
 */
static int open_regular(const char *path, struct ef_err *err)
{
	auto_close int fd =
		open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == EAGAIN)
		return err_set(err, EAGAIN,
			       "%s: another process holds a lease on it", path);
	if (fd < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, S_ISDIR(st.st_mode) ? EISDIR : EINVAL,
			       "%s: not a regular file", path);
	return STEAL_FD(fd);
}

/* Up to POLICY_FILE_MAX bytes; one more is an error. */
static int read_all(int fd, const char *path, char *buf, size_t *ret_len,
		    struct ef_err *err)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, buf + len, POLICY_FILE_MAX + 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, errno, "%s: %s", path,
				       strerror(errno));
		len += (size_t)n;
	} while (n != 0 && len <= POLICY_FILE_MAX);
	if (len > POLICY_FILE_MAX)
		return err_set(err, EFBIG, "%s: larger than %u bytes", path,
			       POLICY_FILE_MAX);
	*ret_len = len;
	return 0;
}

int policy_read_file(const char *path, char **ret_text, size_t *ret_len,
		     struct ef_err *err)
{
	bool is_stdin = !strcmp(path, "-");
	auto_close int fd = is_stdin ? -1 : open_regular(path, err);
	auto_free char *text = NULL;
	size_t len = 0;
	int ret;

	if (!is_stdin && fd < 0)
		return fd;
	text = malloc(POLICY_FILE_MAX + 1);
	if (!text)
		return err_set(err, ENOMEM, "out of memory");
	ret = read_all(is_stdin ? STDIN_FILENO : fd,
		       is_stdin ? "standard input" : path, text, &len, err);
	if (ret < 0)
		return ret;
	text[len] = '\0';
	*ret_text = STEAL(text);
	*ret_len = len;
	return 0;
}

int policy_load_file(const char *path, struct problems *ret_problems,
		     struct policy **ret, struct ef_err *err)
{
	auto_free char *text = NULL;
	size_t len;
	int r;

	memset(ret_problems, 0, sizeof(*ret_problems));
	r = policy_read_file(path, &text, &len, err);
	if (r < 0)
		return r;
	r = policy_load(text, len, path, ret_problems, ret);
	if (r == -EINVAL)
		return err_set(err, EINVAL, "%s: %zu error%s", path,
			       ret_problems->n_errors,
			       ret_problems->n_errors == 1 ? "" : "s");
	if (r < 0)
		return err_set(err, -r, "%s: %s", path, strerror(-r));
	return 0;
}
