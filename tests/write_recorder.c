/* Preloaded into a process, it writes down what that does to the files of a buffer, in order.
 *
 * WRITE_LOG names the log. A record is: operation (1 byte), file (1 byte: d, w or m), offset and
 * length (8 bytes each, of this machine), and the bytes written. One lock around each call keeps the
 * order of the log that of the calls.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char kinds[FILES];
static int log_file = -1;

static char kind_of(const char *path) {
    size_t length = path ? strlen(path) : 0;
    const struct { const char *end; char kind; } known[] = {
        {"/buffer.db", 'd'}, {"/buffer.db-wal", 'w'}, {"/marks", 'm'}};
    for (size_t n = 0; n < sizeof known / sizeof *known; n++) {
        size_t size = strlen(known[n].end);
        if (length >= size && !strcmp(path + length - size, known[n].end)) return known[n].kind;
    }
    return 0;
}

static char kind(int file) { return file >= 0 && file < FILES ? kinds[file] : 0; }

static void opened(int file, const char *path) {
    if (file >= 0 && file < FILES) kinds[file] = kind_of(path);
}

static void put(const void *data, size_t size) {
    const char *at = data;
    while (size) {
        long done = syscall(SYS_write, log_file, at, size);
        if (done <= 0) abort();
        at += done;
        size -= done;
    }
}

static void note(char operation, char which, int64_t offset, int64_t size, const void *data) {
    if (log_file < 0) {
        const char *path = getenv("WRITE_LOG");
        if (!path) return;
        log_file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    }
    put(&operation, 1);
    put(&which, 1);
    put(&offset, 8);
    put(&size, 8);
    if (data) put(data, size);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define MODE(after) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { va_list rest; va_start(rest, after); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) {
    MODE(flags) int file = NEXT(open)(path, flags, mode);
    opened(file, path);
    return file;
}
int open64(const char *path, int flags, ...) {
    MODE(flags) int file = NEXT(open64)(path, flags, mode);
    opened(file, path);
    return file;
}
int openat(int at, const char *path, int flags, ...) {
    MODE(flags) int file = NEXT(openat)(at, path, flags, mode);
    opened(file, path);
    return file;
}
int close(int file) {
    if (file >= 0 && file < FILES) kinds[file] = 0;
    return NEXT(close)(file);
}

#define WRITES(name, type, offset_t_, where) \
    ssize_t name type { \
        ssize_t (*next) type = dlsym(RTLD_NEXT, #name); \
        char which = kind(file); \
        if (!which) return where; \
        pthread_mutex_lock(&lock); \
        ssize_t done = where; \
        if (done > 0) note('W', which, offset_t_, done, data); \
        pthread_mutex_unlock(&lock); \
        return done; \
    }

WRITES(pwrite, (int file, const void *data, size_t size, off_t offset), offset, next(file, data, size, offset))
WRITES(pwrite64, (int file, const void *data, size_t size, off64_t offset), offset, next(file, data, size, offset))
WRITES(write, (int file, const void *data, size_t size), lseek(file, 0, SEEK_CUR) - done, next(file, data, size))

#define ORDERS(name, type, operation, size_, call) \
    int name type { \
        int (*next) type = dlsym(RTLD_NEXT, #name); \
        char which = kind(file); \
        if (!which) return call; \
        pthread_mutex_lock(&lock); \
        int done = call; \
        if (!done) note(operation, which, 0, size_, NULL); \
        pthread_mutex_unlock(&lock); \
        return done; \
    }

ORDERS(fsync, (int file), 'S', 0, next(file))
ORDERS(fdatasync, (int file), 'S', 0, next(file))
ORDERS(ftruncate, (int file, off_t size), 'T', size, next(file, size))
ORDERS(ftruncate64, (int file, off64_t size), 'T', size, next(file, size))

int unlink(const char *path) {
    int (*next)(const char *) = dlsym(RTLD_NEXT, "unlink");
    char which = kind_of(path);
    pthread_mutex_lock(&lock);
    int done = next(path);
    if (!done && which) note('U', which, 0, 0, NULL);
    pthread_mutex_unlock(&lock);
    return done;
}
