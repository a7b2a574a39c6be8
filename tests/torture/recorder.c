/* Records what a program does to the files below a directory, in the order in which it happens.
 *
 * Loaded with LD_PRELOAD. TORTURE_DIR is the directory, TORTURE_LOG the file that is written. An entry is
 * kind (1 byte), descriptor (4), number (8), length (4), all little-endian, and as many bytes as the length says:
 *
 *   O  a file or directory was opened: number are the flags, the bytes its path
 *   C  a descriptor was closed
 *   W  bytes were written: number is the offset
 *   T  a file was truncated: number is the size
 *   S  a file or directory was synced
 *   R  a file was renamed, L linked: the bytes are both paths with a zero byte between
 *   U  a file was unlinked: the bytes are its path
 *
 * One lock is held over the call and its entry, so that the order of entries is the order of calls. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST 65536

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static const char *directory;
static size_t directory_length;
static int log_file = -1;
static char watched[MOST], appends[MOST];

static int (*next_openat)(int, const char *, int, ...);
static int (*next_close)(int);
static ssize_t (*next_write)(int, const void *, size_t);
static ssize_t (*next_pwrite)(int, const void *, size_t, off_t);
static int (*next_ftruncate)(int, off_t);
static int (*next_fsync)(int);
static int (*next_fdatasync)(int);
static int (*next_rename)(const char *, const char *);
static int (*next_link)(const char *, const char *);
static int (*next_unlink)(const char *);

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) abort();
    return found;
}

__attribute__((constructor)) static void begin(void) {
    next_openat = next("openat");
    next_close = next("close");
    next_write = next("write");
    next_pwrite = next("pwrite");
    next_ftruncate = next("ftruncate");
    next_fsync = next("fsync");
    next_fdatasync = next("fdatasync");
    next_rename = next("rename");
    next_link = next("link");
    next_unlink = next("unlink");
    directory = getenv("TORTURE_DIR");
    const char *path = getenv("TORTURE_LOG");
    if (directory == NULL || path == NULL) return;
    directory_length = strlen(directory);
    log_file = next_openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_file < 0) abort();
}

static int below(const char *path) {
    return log_file >= 0 && strncmp(path, directory, directory_length) == 0;
}

static int known(int fd) { return log_file >= 0 && fd >= 0 && fd < MOST && watched[fd]; }

static void all(const void *bytes, size_t length) {
    const char *at = bytes;
    while (length > 0) {
        ssize_t done = next_write(log_file, at, length);
        if (done <= 0) abort();
        at += done;
        length -= (size_t)done;
    }
}

static void entry(char kind, int fd, int64_t number, const void *bytes, size_t length) {
    unsigned char head[17];
    int32_t fd32 = fd;
    uint32_t length32 = (uint32_t)length;
    head[0] = (unsigned char)kind;
    memcpy(head + 1, &fd32, 4);
    memcpy(head + 5, &number, 8);
    memcpy(head + 13, &length32, 4);
    all(head, sizeof head);
    all(bytes, length);
}

static void two(char kind, const char *from, const char *to) {
    size_t first = strlen(from) + 1, second = strlen(to);
    char *both = malloc(first + second);
    if (both == NULL) abort();
    memcpy(both, from, first);
    memcpy(both + first, to, second);
    entry(kind, -1, 0, both, first + second);
    free(both);
}

static int opened(int at, const char *path, int flags, mode_t mode) {
    if (!below(path)) return next_openat(at, path, flags, mode);
    pthread_mutex_lock(&order);
    int fd = next_openat(at, path, flags, mode);
    int error = errno;
    if (fd >= MOST) abort();
    if (fd >= 0) {
        watched[fd] = 1;
        appends[fd] = (flags & O_APPEND) != 0;
        entry('O', fd, flags, path, strlen(path));
    }
    pthread_mutex_unlock(&order);
    errno = error;
    return fd;
}

static mode_t mode_of(int flags, va_list rest) {
    return (flags & (O_CREAT | O_TMPFILE)) ? (mode_t)va_arg(rest, int) : 0;
}

#define OPEN(name)                                    \
    int name(const char *path, int flags, ...) {      \
        va_list rest;                                 \
        va_start(rest, flags);                        \
        mode_t mode = mode_of(flags, rest);           \
        va_end(rest);                                 \
        return opened(AT_FDCWD, path, flags, mode);   \
    }
#define OPENAT(name)                                          \
    int name(int at, const char *path, int flags, ...) {      \
        va_list rest;                                         \
        va_start(rest, flags);                                \
        mode_t mode = mode_of(flags, rest);                   \
        va_end(rest);                                         \
        return opened(at, path, flags, mode);                 \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
    if (!known(fd)) return next_close(fd);
    pthread_mutex_lock(&order);
    watched[fd] = 0;
    entry('C', fd, 0, "", 0);
    int done = next_close(fd);
    int error = errno;
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    if (!known(fd)) return next_write(fd, bytes, length);
    pthread_mutex_lock(&order);
    struct stat found;
    off_t offset = lseek(fd, 0, SEEK_CUR);
    if (appends[fd] && fstat(fd, &found) == 0) offset = found.st_size;
    ssize_t done = next_write(fd, bytes, length);
    int error = errno;
    if (done > 0) entry('W', fd, offset, bytes, (size_t)done);
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

static ssize_t placed(int fd, const void *bytes, size_t length, off_t offset) {
    if (!known(fd)) return next_pwrite(fd, bytes, length, offset);
    pthread_mutex_lock(&order);
    ssize_t done = next_pwrite(fd, bytes, length, offset);
    int error = errno;
    if (done > 0) entry('W', fd, offset, bytes, (size_t)done);
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return placed(fd, bytes, length, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) { return placed(fd, bytes, length, offset); }

static int cut(int fd, off_t size) {
    if (!known(fd)) return next_ftruncate(fd, size);
    pthread_mutex_lock(&order);
    int done = next_ftruncate(fd, size);
    int error = errno;
    if (done == 0) entry('T', fd, size, "", 0);
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off_t size) { return cut(fd, size); }

static int synced(int (*sync)(int), int fd) {
    if (!known(fd)) return sync(fd);
    pthread_mutex_lock(&order);
    int done = sync(fd);
    int error = errno;
    if (done == 0) entry('S', fd, 0, "", 0);
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

int fsync(int fd) { return synced(next_fsync, fd); }
int fdatasync(int fd) { return synced(next_fdatasync, fd); }

static int named(char kind, int (*call)(const char *, const char *), const char *from, const char *to) {
    if (!below(from) && !below(to)) return call(from, to);
    pthread_mutex_lock(&order);
    int done = call(from, to);
    int error = errno;
    if (done == 0) two(kind, from, to);
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

int rename(const char *from, const char *to) { return named('R', next_rename, from, to); }
int link(const char *from, const char *to) { return named('L', next_link, from, to); }

int unlink(const char *path) {
    if (!below(path)) return next_unlink(path);
    pthread_mutex_lock(&order);
    int done = next_unlink(path);
    int error = errno;
    if (done == 0) entry('U', -1, 0, path, strlen(path));
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}
