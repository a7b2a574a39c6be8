/* A disk that is slow, full or broken when a test says so. Loaded before libc into the program that is tested.
 *
 * BAD_DISK names a file with one order: "sync sleep 500", "sync EIO", "write EIO", "write EROFS", "write ENOSPC",
 * "write EDQUOT"; an empty file, or none, is a sound disk. Only files in the folder BAD_DISK_IN are meant. Each fault adds a byte to
 * BAD_DISK.met, so that a test knows that it was met.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static int is_meant(int fd)
{
    const char *folder = getenv("BAD_DISK_IN");
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0 || !folder)
        return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

static int order_for(const char *what, char *how, long *number)
{
    const char *name = getenv("BAD_DISK");
    char text[64] = "", of[16] = "";
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return 0;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    *number = 0;
    if (length <= 0 || sscanf(text, "%15s %15s %ld", of, how, number) < 2)
        return 0;
    return strcmp(of, what) == 0;
}

static void met(void)
{
    char name[4096];
    snprintf(name, sizeof name, "%s.met", getenv("BAD_DISK"));
    int file = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file >= 0) {
        ssize_t written = write(file, ".", 1);
        (void)written;
        close(file);
    }
}

/* 0: go on; -1: fail with errno. */
static int fault(int fd, const char *what)
{
    char how[16] = "";
    long number = 0;
    if (!is_meant(fd) || !order_for(what, how, &number))
        return 0;
    met();
    if (strcmp(how, "sleep") == 0) {
        struct timespec pause = {number / 1000, (number % 1000) * 1000000L};
        nanosleep(&pause, NULL);
        return 0;
    }
    errno = !strcmp(how, "ENOSPC") ? ENOSPC : !strcmp(how, "EDQUOT") ? EDQUOT : !strcmp(how, "EROFS") ? EROFS : EIO;
    return -1;
}

int fsync(int fd)
{
    static int (*real)(int);
    if (!real)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return fault(fd, "sync") ? -1 : real(fd);
}

int fdatasync(int fd)
{
    static int (*real)(int);
    if (!real)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return fault(fd, "sync") ? -1 : real(fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at)
{
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real)
        real = (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
    return fault(fd, "write") ? -1 : real(fd, bytes, length, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at)
{
    return pwrite64(fd, bytes, length, at);
}
