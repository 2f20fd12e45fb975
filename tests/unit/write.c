/* SPDX-License-Identifier: MIT */
/* Replacing a file: all or nothing, and everything but its text stays. */
#include <endian.h>
#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "learn/write.h"
#include "tap.h"

static struct ef_err err;

/* What happens while the new text is on its way to the disk. */
static void (*meanwhile)(void);
static int fsync_error;
static unsigned int n_fsync;

/* Stands before the one of the C library. */
int fsync(int fd)
{
	void (*once)(void) = meanwhile;

	n_fsync++;
	meanwhile = NULL;
	if (once)
		once();
	if (fsync_error) {
		errno = fsync_error;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

static bool put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	return f && fputs(text, f) >= 0 && fclose(f) == 0;
}

static bool holds(const char *path, const char *text)
{
	char buf[64] = "";
	FILE *f = fopen(path, "r");

	if (!f)
		return false;
	buf[fread(buf, 1, sizeof(buf) - 1, f)] = '\0';
	fclose(f);
	return !strcmp(buf, text);
}

/* Files of the current folder. */
static int n_files(void)
{
	DIR *d = opendir(".");
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static int change(const char *path, const char *old, const char *new)
{
	err = (struct ef_err){ 0 };
	return write_policy(path, old, old ? strlen(old) : 0, new, strlen(new),
			    &err);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) < 0 ? 0 : st.st_mode;
}

static void test_plain(void)
{
	put("p", "old");
	chmod("p", 0640);
	n_fsync = 0;
	ok(change("p", "old", "new") == 0);
	ok(holds("p", "new") && mode_of("p") == (S_IFREG | 0640));
	ok(n_fsync == 2);
	ok(change("./p", "new", "") == 0 && holds("p", ""));
	ok(n_files() == 1);
	unlink("p");
}

static void test_links(void)
{
	mkdir("d", 0700);
	put("d/p", "old");
	ok(symlink("d/p", "l") == 0 && symlink("l", "l2") == 0);
	ok(change("l2", "old", "new") == 0 && holds("d/p", "new"));
	ok(S_ISLNK(mode_of("l")) && S_ISLNK(mode_of("l2")));
	ok(link("d/p", "hard") == 0);
	ok(change("l", "new", "newer") == -EMLINK && holds("d/p", "new"));
	ok_str(err.msg, "l: it has other names (hard links) that would keep "
			"the old text");
	unlink("hard");
	unlink("d/p");
	ok(change("l", NULL, "new") == -ENOENT);
	ok_str(err.msg, "l: a symbolic link to nothing: No such file or "
			"directory");
	unlink("l");
	unlink("l2");
	ok(n_files() == 1 && rmdir("d") == 0);
}

static void edit_it(void)
{
	put("p", "theirs");
}

static void move_it(void)
{
	put("q", "theirs");
	rename("q", "p");
}

static void remove_it(void)
{
	unlink("p");
}

static void test_changed(void)
{
	put("p", "theirs");
	ok(change("p", "ours", "new") == -ESTALE);
	ok_str(err.msg, "p: changed since it was read: nothing was written");
	ok(change("p", "theirs and more", "new") == -ESTALE);
	ok(change("p", "the", "new") == -ESTALE);
	ok(change("p", NULL, "new") == -ESTALE && holds("p", "theirs"));
	put("p", "ours");
	meanwhile = edit_it;
	ok(change("p", "ours", "new") == -ESTALE && holds("p", "theirs"));
	put("p", "ours");
	meanwhile = move_it;
	ok(change("p", "ours", "new") == -ESTALE && holds("p", "theirs"));
	put("p", "ours");
	meanwhile = remove_it;
	ok(change("p", "ours", "new") == -ESTALE && !mode_of("p"));
	ok_str(err.msg, "p: gone since it was read: nothing was written");
	ok(change("p", "ours", "new") == -ESTALE && !mode_of("p"));
	ok(n_files() == 0);
}

static void test_new(void)
{
	mode_t mask = umask(027);

	ok(change("p", NULL, "new") == 0 && holds("p", "new"));
	ok(mode_of("p") == (S_IFREG | 0640));
	unlink("p");
	umask(mask);
	meanwhile = edit_it;
	ok(change("p", NULL, "new") == -ESTALE && holds("p", "theirs"));
	ok_str(err.msg, "p: somebody has made one: nothing was written");
	ok(n_files() == 1);
	unlink("p");
	ok(change("none/p", NULL, "new") == -ENOENT);
	ok(change("", NULL, "new") < 0 && change("/", NULL, "new") < 0);
	ok(n_files() == 0);
}

static void test_kinds(void)
{
	ok(change(".", "", "new") < 0);
	ok(mkfifo("f", 0600) == 0 && change("f", "", "new") == -EINVAL);
	ok_str(err.msg, "f: not a regular file");
	ok(symlink("f", "l") == 0 && change("l", "", "new") == -EINVAL);
	unlink("l");
	unlink("f");
	fsync_error = EIO;
	put("p", "old");
	ok(change("p", "old", "new") == -EIO && holds("p", "old"));
	ok_str(err.msg, "p: the old text stays: Input/output error");
	fsync_error = 0;
	ok(n_files() == 1);
	unlink("p");
}

/* The access list "user::rw-,user:1:r--,group::---,mask::r--,other::---"
 * as the kernel takes it (linux/posix_acl_xattr.h). */
static size_t make_acl(unsigned char *buf)
{
	static const uint32_t rows[][3] = { { 1, 6, UINT32_MAX },
					    { 2, 4, 1 },
					    { 4, 0, UINT32_MAX },
					    { 0x10, 4, UINT32_MAX },
					    { 0x20, 0, UINT32_MAX } };
	uint32_t version = htole32(2);
	size_t n = sizeof(version);

	memcpy(buf, &version, n);
	for (size_t i = 0; i < 5; i++, n += 8) {
		uint16_t tag = htole16((uint16_t)rows[i][0]);
		uint16_t perm = htole16((uint16_t)rows[i][1]);
		uint32_t id = htole32(rows[i][2]);

		memcpy(buf + n, &tag, 2);
		memcpy(buf + n + 2, &perm, 2);
		memcpy(buf + n + 4, &id, 4);
	}
	return n;
}

static void test_attributes(void)
{
	unsigned char acl[64], got[64];
	size_t n = make_acl(acl);

	put("p", "old");
	if (setxattr("p", "user.note", "kept", 4, 0) < 0) {
		skip("no extended attributes here");
	} else {
		ok(change("p", "old", "old") == 0);
		ok(getxattr("p", "user.note", got, sizeof(got)) == 4 &&
		   !memcmp(got, "kept", 4));
	}
	if (setxattr("p", "system.posix_acl_access", acl, n, 0) < 0) {
		skip("no access lists here");
	} else {
		ok(change("p", "old", "new") == 0);
		ok(getxattr("p", "system.posix_acl_access", got, sizeof(got)) ==
			   (ssize_t)n &&
		   !memcmp(got, acl, n));
		ok(mode_of("p") == (S_IFREG | 0640));
	}
	unlink("p");
	/* What the folder gives to new files is not for this one. */
	put("p", "old");
	chmod("p", 0660);
	if (setxattr(".", "system.posix_acl_default", acl, n, 0) < 0) {
		skip("no default access lists here");
	} else {
		ok(change("p", "old", "new") == 0);
		ok(getxattr("p", "system.posix_acl_access", got, sizeof(got)) < 0 &&
		   mode_of("p") == (S_IFREG | 0660));
		removexattr(".", "system.posix_acl_default");
	}
	unlink("p");
}

/* Run in a child; its exit code has a bit for each claim that failed. */
static int in_child(int (*body)(void))
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(body());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

#define SKIPPED 77

/* As somebody for whom modes count. */
static int as_user(void)
{
	int bad = 0;

	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		return SKIPPED;
	put("ro/../w/p", "old");
	chmod("w/p", 0444);
	bad |= (change("w/p", "old", "new") != -EACCES) << 0;
	chmod("w/p", 0644);
	bad |= (change("w/p", "old", "new") != 0) << 1;
	bad |= (change("ro/p", "old", "new") != -EACCES) << 2;
	bad |= !holds("ro/p", "old") << 3;
	bad |= (strcmp(err.msg,
		       "ro/p: a new file beside it: Permission denied") != 0)
	       << 4;
	return bad;
}

static void test_read_only(void)
{
	int r;

	mkdir("ro", 0755);
	mkdir("w", 0777);
	chmod("w", 0777);
	put("ro/p", "old");
	chmod("ro/p", 0666);
	chmod("ro", 0555);
	r = in_child(as_user);
	if (r == SKIPPED)
		skip("cannot become somebody else");
	else
		ok(r == 0);
	chmod("ro", 0755);
	unlink("ro/p");
	unlink("w/p");
	ok(rmdir("ro") == 0 && rmdir("w") == 0);
}

static int as_other(void)
{
	int bad = 0;

	if (setgid(65534) < 0 || setuid(65534) < 0)
		return SKIPPED;
	bad |= (change("w/p", "old", "new") != -EPERM) << 0;
	bad |= !holds("w/p", "old") << 1;
	return bad;
}

static void test_owner(void)
{
	struct stat st;

	if (geteuid() != 0) {
		skip("files of others take root");
		return;
	}
	mkdir("w", 0777);
	chmod("w", 0777);
	put("w/p", "old");
	chmod("w/p", 04666);
	ok(in_child(as_other) == 0);
	ok(chown("w/p", 1, 2) == 0 && chmod("w/p", 02664) == 0);
	ok(change("w/p", "old", "new") == 0 && holds("w/p", "new"));
	ok(stat("w/p", &st) == 0 && st.st_uid == 1 && st.st_gid == 2 &&
	   st.st_mode == (S_IFREG | 02664));
	unlink("w/p");
	ok(rmdir("w") == 0);
}

/* Root in a user namespace of its own, without which nothing is mounted. */
static int become_root(void)
{
	char user[64], group[64];

	if (geteuid() == 0)
		return 0;
	snprintf(user, sizeof(user), "0 %u 1", geteuid());
	snprintf(group, sizeof(group), "0 %u 1", getegid());
	return unshare(CLONE_NEWUSER) == 0 && put("/proc/self/uid_map", user) &&
			       put("/proc/self/setgroups", "deny") &&
			       put("/proc/self/gid_map", group)
		       ? 0
		       : -1;
}

/* On a disk of its own that is full. */
static int on_full_disk(void)
{
	static char big[65536];
	int bad = 0, fd;

	if (become_root() < 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", "full", "tmpfs", 0, "size=16k") < 0 ||
	    chdir("full") < 0)
		return SKIPPED;
	put("p", "old");
	fd = open("rest", O_WRONLY | O_CREAT, 0600);
	while (write(fd, big, 4096) > 0)
		;
	close(fd);
	memset(big, 'x', sizeof(big) - 1);
	bad |= (change("p", "old", big) != -ENOSPC) << 0;
	bad |= (strcmp(err.msg, "p: the old text stays: No space left on "
				"device") != 0)
	       << 1;
	bad |= !holds("p", "old") << 2;
	bad |= (n_files() != 2) << 3;
	unlink("rest");
	bad |= (change("p", "old", "new") != 0 || !holds("p", "new")) << 4;
	return bad;
}

static void test_full(void)
{
	int r;

	mkdir("full", 0700);
	r = in_child(on_full_disk);
	if (r == SKIPPED)
		skip("no file system of our own can be had here");
	else
		ok(r == 0);
	ok(rmdir("full") == 0);
}

int main(void)
{
	char dir[] = "/tmp/write-test-XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) < 0)
		return 99;
	chmod(dir, 0755);
	test_plain();
	test_links();
	test_changed();
	test_new();
	test_kinds();
	test_attributes();
	test_read_only();
	test_owner();
	test_full();
	ok(n_files() == 0);
	if (chdir("/") == 0)
		rmdir(dir);
	return done();
}
