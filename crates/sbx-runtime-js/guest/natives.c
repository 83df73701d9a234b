// What the prelude cannot do by itself: files, clocks, entropy, UTF-8, and a few looks into the engine.

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#define NATIVE(name) static JSValue name(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
#define NATIVE_OF(name) static JSValue name(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv, int which)

static const char *errno_name(int number) {
    switch (number) {
#define NAME(name) \
    case name: return #name
        NAME(EACCES); NAME(EBADF); NAME(EBUSY); NAME(EDQUOT); NAME(EEXIST); NAME(EFBIG); NAME(EINVAL); NAME(EIO); NAME(EISDIR);
        NAME(ELOOP); NAME(EMFILE); NAME(EMLINK); NAME(ENAMETOOLONG); NAME(ENFILE); NAME(ENOENT); NAME(ENOMEM); NAME(ENOSPC);
        NAME(ENOSYS); NAME(ENOTCAPABLE); NAME(ENOTDIR); NAME(ENOTEMPTY); NAME(ENOTSUP); NAME(EPERM); NAME(EROFS); NAME(ESPIPE);
        NAME(EXDEV);
#undef NAME
    default: return "EUNKNOWN";
    }
}

// Throws an error of the form that Node gives: `ENOENT: no such file or directory, open 'x'`, with `code` and the rest.
static JSValue throw_errno(JSContext *ctx, int number, const char *syscall, const char *path) {
    char message[1600];
    const char *name = errno_name(number), *text = strerror(number);
    snprintf(message, sizeof message, "%s: %c%s, %s%s%.1400s%s", name, tolower((unsigned char)text[0]), text[0] ? text + 1 : "",
             syscall, path ? " '" : "", path ? path : "", path ? "'" : "");
    JSValue error = JS_NewError(ctx);
    JS_DefinePropertyValueStr(ctx, error, "message", JS_NewString(ctx, message), JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE);
    JS_DefinePropertyValueStr(ctx, error, "errno", JS_NewInt32(ctx, -number), JS_PROP_C_W_E);
    JS_DefinePropertyValueStr(ctx, error, "code", JS_NewString(ctx, name), JS_PROP_C_W_E);
    JS_DefinePropertyValueStr(ctx, error, "syscall", JS_NewString(ctx, syscall), JS_PROP_C_W_E);
    if (path) JS_DefinePropertyValueStr(ctx, error, "path", JS_NewString(ctx, path), JS_PROP_C_W_E);
    return JS_Throw(ctx, error);
}

static JSValue throw_errno_and_free(JSContext *ctx, const char *syscall, const char *path) {
    JSValue thrown = throw_errno(ctx, errno, syscall, path);
    JS_FreeCString(ctx, path);
    return thrown;
}

// The bytes of a Uint8Array as it is now; the engine's own function has the length it once had.
static uint8_t *bytes_of(JSContext *ctx, size_t *len, JSValueConst array) {
    uint8_t *bytes = JS_GetUint8Array(ctx, len, array);
    if (bytes) *len = JS_VALUE_GET_OBJ(array)->u.array.count;
    return bytes;
}

// Ends the program: neither `catch` nor `finally` sees it.
static JSValue throw_uncatchable(JSContext *ctx, const char *why) {
    JS_ThrowInternalError(ctx, "%s", why);
    JS_SetUncatchableError(ctx, ctx->rt->current_exception);
    return JS_EXCEPTION;
}

// ---- text, time, entropy ----

// write(fd, text): all of it; a stream that takes no more has dropped the rest, as the policy says.
NATIVE(native_write) {
    int32_t fd;
    size_t len;
    if (JS_ToInt32(ctx, &fd, argv[0])) return JS_EXCEPTION;
    const char *text = JS_ToCStringLen(ctx, &len, argv[1]);
    if (!text) return JS_EXCEPTION;
    for (size_t done = 0; done < len;) {
        ssize_t n_written = write(fd, text + done, len - done);
        if (n_written < 0) return throw_errno_and_free(ctx, "write", text);
        done += n_written;
    }
    JS_FreeCString(ctx, text);
    return JS_UNDEFINED;
}

NATIVE(native_now) { return JS_NewFloat64(ctx, js__hrtime_ns() / 1e6); }

NATIVE(native_sleep) {
    double ms;
    if (JS_ToFloat64(ctx, &ms, argv[0])) return JS_EXCEPTION;
    sleep_ms(ms);
    return stopped ? throw_uncatchable(ctx, "interrupted") : JS_UNDEFINED;
}

NATIVE(native_random) {
    size_t len;
    uint8_t *bytes = bytes_of(ctx, &len, argv[0]);
    if (!bytes) return JS_EXCEPTION;
    for (size_t at = 0; at < len; at += 256) {
        if (getentropy(bytes + at, len - at > 256 ? 256 : len - at)) return throw_errno(ctx, errno, "getentropy", NULL);
    }
    return JS_UNDEFINED;
}

// seed(text of 16 hexadecimal digits): what Math.random goes on from. Without branches, so that fuel does not depend on it.
NATIVE(native_seed) {
    size_t len;
    uint64_t seed = 0;
    const char *text = JS_ToCStringLen(ctx, &len, argv[0]);
    if (!text) return JS_EXCEPTION;
    for (size_t at = 0; at < len; at++) seed = seed << 4 | ((text[at] & 15) + 9 * (text[at] >> 6));
    JS_FreeCString(ctx, text);
    ctx->random_state = seed | 1;
    return JS_UNDEFINED;
}

NATIVE(native_encode) {
    size_t len;
    const char *text = JS_ToCStringLen(ctx, &len, argv[0]);
    if (!text) return JS_EXCEPTION;
    JSValue bytes = JS_NewUint8ArrayCopy(ctx, (const uint8_t *)text, len);
    JS_FreeCString(ctx, text);
    return bytes;
}

NATIVE(native_decode) {
    size_t len;
    uint8_t *bytes = bytes_of(ctx, &len, argv[0]);
    return bytes ? JS_NewStringLen(ctx, (const char *)bytes, len) : JS_EXCEPTION;
}

// isUtf8(bytes): whether they are UTF-8 as the Unicode Standard has it (table 3-7): shortest forms, no surrogates.
NATIVE(native_is_utf8) {
    size_t len;
    const uint8_t *p = bytes_of(ctx, &len, argv[0]);
    if (!p) return JS_EXCEPTION;
    const uint8_t *end = p + len;
    while (p < end) {
        uint8_t first = *p++;
        if (first < 0x80) continue;
        int n_more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (first < 0xc2 || first > 0xf4 || end - p < n_more) return JS_FALSE;
        for (; n_more; n_more--, low = 0x80, high = 0xbf) {
            if (*p < low || *p > high) return JS_FALSE;
            p++;
        }
    }
    return JS_TRUE;
}

// ---- the engine ----

// exit(code): ends the program; nothing in it can catch that.
NATIVE(native_exit) {
    int32_t code = 0;
    if (JS_ToInt32(ctx, &code, argv[0])) return JS_EXCEPTION;
    exiting = true;
    exit_code = code & 255;
    return throw_uncatchable(ctx, "exit");
}

// evaluate(code, name): the value of a plain script.
NATIVE(native_evaluate) {
    size_t len;
    const char *code = JS_ToCStringLen(ctx, &len, argv[0]);
    const char *name = code ? JS_ToCString(ctx, argv[1]) : NULL;
    JSValue value = name ? JS_Eval(ctx, code, len, name, JS_EVAL_TYPE_GLOBAL) : JS_EXCEPTION;
    JS_FreeCString(ctx, name);
    JS_FreeCString(ctx, code);
    return value;
}

// promiseState(promise): `[state, result]` with 0 pending, 1 fulfilled, 2 rejected.
NATIVE(native_promise_state) {
    int state = JS_PromiseState(ctx, argv[0]);
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, state));
    JS_SetPropertyUint32(ctx, pair, 1, state > 0 ? JS_PromiseResult(ctx, argv[0]) : JS_UNDEFINED);
    return pair;
}

// proxyParts(value): `[target, handler]` of a proxy, else undefined: looking at a proxy must not run its traps.
NATIVE(native_proxy_parts) {
    JSProxyData *proxy = JS_GetOpaque(argv[0], JS_CLASS_PROXY);
    if (!proxy) return JS_UNDEFINED;
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, JS_DupValue(ctx, proxy->target));
    JS_SetPropertyUint32(ctx, pair, 1, JS_DupValue(ctx, proxy->handler));
    return pair;
}

// sourceLine(n): the nth line of the program under way, or undefined.
NATIVE(native_source_line) {
    int32_t number;
    if (JS_ToInt32(ctx, &number, argv[0])) return JS_EXCEPTION;
    const char *at = program_text, *end = program_text + program_len;
    for (int32_t line = 1; at && line < number; line++) {
        at = memchr(at, '\n', end - at);
        if (at) at++;
    }
    if (!at || number < 1) return JS_UNDEFINED;
    const char *line_end = memchr(at, '\n', end - at);
    size_t len = (line_end ? line_end : end) - at;
    if (len && at[len - 1] == '\r') len--;
    return JS_NewStringLen(ctx, at, len);
}

NATIVE(native_memory) {
    JSMemoryUsage usage;
    JS_ComputeMemoryUsage(runtime, &usage);
    return JS_NewInt64(ctx, usage.malloc_size);
}

NATIVE(native_gc) {
    JS_RunGC(runtime);
    return JS_UNDEFINED;
}

// ---- files ----

// The bits of `open`'s second argument, the same in prelude and here.
enum { OPEN_READ = 1, OPEN_WRITE = 2, OPEN_CREATE = 4, OPEN_TRUNCATE = 8, OPEN_APPEND = 16, OPEN_NEW = 32 };

NATIVE(native_open) {
    int32_t bits;
    const char *path = JS_ToCString(ctx, argv[0]);
    if (!path || JS_ToInt32(ctx, &bits, argv[1])) return JS_EXCEPTION;
    int flags = bits & OPEN_WRITE ? (bits & OPEN_READ ? O_RDWR : O_WRONLY) : O_RDONLY;
    if (bits & OPEN_CREATE) flags |= O_CREAT;
    if (bits & OPEN_TRUNCATE) flags |= O_TRUNC;
    if (bits & OPEN_APPEND) flags |= O_APPEND;
    if (bits & OPEN_NEW) flags |= O_EXCL;
    int fd = open(path, flags, 0666);
    if (fd < 0) return throw_errno_and_free(ctx, "open", path);
    JS_FreeCString(ctx, path);
    return JS_NewInt32(ctx, fd);
}

NATIVE(native_close) {
    int32_t fd;
    if (JS_ToInt32(ctx, &fd, argv[0])) return JS_EXCEPTION;
    // The standard streams stay: the next program of the session has them too.
    if (fd > 2 && close(fd)) return throw_errno(ctx, errno, "close", NULL);
    return JS_UNDEFINED;
}

// read(fd, bytes, offset, length, position or null), and the same for write: how many bytes it were.
NATIVE_OF(native_transfer) {
    int32_t fd;
    int64_t offset, length, position = -1;
    size_t size;
    if (JS_ToInt32(ctx, &fd, argv[0]) || JS_ToInt64(ctx, &offset, argv[2]) || JS_ToInt64(ctx, &length, argv[3])) return JS_EXCEPTION;
    if (JS_IsNumber(argv[4]) && JS_ToInt64(ctx, &position, argv[4])) return JS_EXCEPTION;
    // Only now: converting numbers can run code of the program, which could have shrunk the buffer.
    uint8_t *bytes = bytes_of(ctx, &size, argv[1]);
    if (!bytes) return JS_EXCEPTION;
    if (offset < 0 || length < 0 || offset > (int64_t)size || length > (int64_t)size - offset) {
        return JS_ThrowRangeError(ctx, "the offset and length lie outside of the buffer");
    }
    ssize_t n_done;
    if (which) n_done = position < 0 ? write(fd, bytes + offset, length) : pwrite(fd, bytes + offset, length, position);
    else n_done = position < 0 ? read(fd, bytes + offset, length) : pread(fd, bytes + offset, length, position);
    return n_done < 0 ? throw_errno(ctx, errno, which ? "write" : "read", NULL) : JS_NewInt64(ctx, n_done);
}

NATIVE(native_seek) {
    int32_t fd, whence;
    int64_t offset;
    if (JS_ToInt32(ctx, &fd, argv[0]) || JS_ToInt64(ctx, &offset, argv[1]) || JS_ToInt32(ctx, &whence, argv[2])) return JS_EXCEPTION;
    static const int whences[3] = {SEEK_SET, SEEK_CUR, SEEK_END};
    off_t at = whence < 0 || whence > 2 ? (errno = EINVAL, -1) : lseek(fd, offset, whences[whence]);
    return at < 0 ? throw_errno(ctx, errno, "lseek", NULL) : JS_NewInt64(ctx, at);
}

// Reads an open file to its end.
static JSValue read_to_end(JSContext *ctx, int fd, size_t expected) {
    size_t room = expected + 1, len = 0;
    uint8_t *bytes = js_malloc(ctx, room);
    while (bytes) {
        ssize_t n_read = read(fd, bytes + len, room - len);
        if (n_read < 0) {
            js_free(ctx, bytes);
            return throw_errno(ctx, errno, "read", NULL);
        }
        if (!n_read) break;
        len += n_read;
        if (len == room) {
            uint8_t *larger = js_realloc(ctx, bytes, room * 2);
            if (!larger) js_free(ctx, bytes);
            bytes = larger;
            room *= 2;
        }
    }
    if (!bytes) return JS_EXCEPTION;
    JSValue array = JS_NewUint8ArrayCopy(ctx, bytes, len);
    js_free(ctx, bytes);
    return array;
}

// readFile(path or fd): its bytes.
NATIVE(native_read_file) {
    int32_t fd;
    struct stat status;
    if (JS_IsNumber(argv[0])) {
        if (JS_ToInt32(ctx, &fd, argv[0])) return JS_EXCEPTION;
        return read_to_end(ctx, fd, 4096);
    }
    const char *path = JS_ToCString(ctx, argv[0]);
    if (!path) return JS_EXCEPTION;
    fd = open(path, O_RDONLY);
    if (fd < 0) return throw_errno_and_free(ctx, "open", path);
    if (fstat(fd, &status)) status = (struct stat){0};
    if (S_ISDIR(status.st_mode)) {
        close(fd);
        errno = EISDIR;
        return throw_errno_and_free(ctx, "read", path);
    }
    JS_FreeCString(ctx, path);
    JSValue bytes = read_to_end(ctx, fd, status.st_size);
    close(fd);
    return bytes;
}

static double to_ms(struct timespec time) { return time.tv_sec * 1e3 + time.tv_nsec / 1e6; }

// `[mode, size, mtime, atime, ctime, ino, dev, nlink]`, times in milliseconds.
static JSValue stat_array(JSContext *ctx, const struct stat *status) {
    double numbers[] = {status->st_mode,          status->st_size,         to_ms(status->st_mtim), to_ms(status->st_atim),
                        to_ms(status->st_ctim),   status->st_ino,          status->st_dev,         status->st_nlink};
    JSValue array = JS_NewArray(ctx);
    for (unsigned index = 0; index < countof(numbers); index++) {
        JS_SetPropertyUint32(ctx, array, index, JS_NewFloat64(ctx, numbers[index]));
    }
    return array;
}

NATIVE_OF(native_stat) {
    struct stat status;
    const char *path = JS_ToCString(ctx, argv[0]);
    if (!path) return JS_EXCEPTION;
    if (which ? lstat(path, &status) : stat(path, &status)) return throw_errno_and_free(ctx, which ? "lstat" : "stat", path);
    JS_FreeCString(ctx, path);
    return stat_array(ctx, &status);
}

NATIVE(native_fstat) {
    int32_t fd;
    struct stat status;
    if (JS_ToInt32(ctx, &fd, argv[0])) return JS_EXCEPTION;
    return fstat(fd, &status) ? throw_errno(ctx, errno, "fstat", NULL) : stat_array(ctx, &status);
}

// readdir(path): `[name, kind]` of each entry, with 1 a file, 2 a folder, 3 a link.
NATIVE(native_readdir) {
    const char *path = JS_ToCString(ctx, argv[0]);
    if (!path) return JS_EXCEPTION;
    DIR *folder = opendir(path);
    if (!folder) return throw_errno_and_free(ctx, "scandir", path);
    JSValue entries = JS_NewArray(ctx);
    uint32_t n_entries = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        JSValue pair = JS_NewArray(ctx);
        JS_SetPropertyUint32(ctx, pair, 0, JS_NewString(ctx, entry->d_name));
        JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt32(ctx, entry->d_type == DT_DIR ? 2 : entry->d_type == DT_LNK ? 3 : 1));
        JS_SetPropertyUint32(ctx, entries, n_entries++, pair);
    }
    closedir(folder);
    JS_FreeCString(ctx, path);
    return entries;
}

enum { MKDIR, UNLINK, RMDIR, TRUNCATE };

NATIVE_OF(native_on_path) {
    static const char *const names[] = {"mkdir", "unlink", "rmdir", "truncate"};
    const char *path = JS_ToCString(ctx, argv[0]);
    int64_t size = 0;
    if (!path || (which == TRUNCATE && JS_ToInt64(ctx, &size, argv[1]))) return JS_EXCEPTION;
    int failed = which == MKDIR ? mkdir(path, 0777) : which == UNLINK ? unlink(path) : which == RMDIR ? rmdir(path) : truncate(path, size);
    if (failed) return throw_errno_and_free(ctx, names[which], path);
    JS_FreeCString(ctx, path);
    return JS_UNDEFINED;
}

NATIVE(native_ftruncate) {
    int32_t fd;
    int64_t size;
    if (JS_ToInt32(ctx, &fd, argv[0]) || JS_ToInt64(ctx, &size, argv[1])) return JS_EXCEPTION;
    return ftruncate(fd, size) ? throw_errno(ctx, errno, "ftruncate", NULL) : JS_UNDEFINED;
}

enum { RENAME, SYMLINK, LINK };

NATIVE_OF(native_on_paths) {
    static const char *const names[] = {"rename", "symlink", "link"};
    const char *from = JS_ToCString(ctx, argv[0]);
    const char *to = from ? JS_ToCString(ctx, argv[1]) : NULL;
    JSValue result = JS_EXCEPTION;
    if (to) {
        int failed = which == RENAME ? rename(from, to) : which == SYMLINK ? symlink(from, to) : link(from, to);
        result = failed ? throw_errno(ctx, errno, names[which], which == RENAME ? from : to) : JS_UNDEFINED;
    }
    JS_FreeCString(ctx, to);
    JS_FreeCString(ctx, from);
    return result;
}

NATIVE(native_readlink) {
    char target[1025];
    const char *path = JS_ToCString(ctx, argv[0]);
    if (!path) return JS_EXCEPTION;
    ssize_t len = readlink(path, target, sizeof target);
    if (len < 0) return throw_errno_and_free(ctx, "readlink", path);
    JS_FreeCString(ctx, path);
    return JS_NewStringLen(ctx, target, len);
}

// utimes(path, atime, mtime), in milliseconds.
NATIVE(native_utimes) {
    double atime, mtime;
    const char *path = JS_ToCString(ctx, argv[0]);
    if (!path || JS_ToFloat64(ctx, &atime, argv[1]) || JS_ToFloat64(ctx, &mtime, argv[2])) return JS_EXCEPTION;
    struct timespec times[2] = {{(time_t)(atime / 1e3), (long)(fmod(atime, 1e3) * 1e6)},
                                {(time_t)(mtime / 1e3), (long)(fmod(mtime, 1e3) * 1e6)}};
    if (utimensat(AT_FDCWD, path, times, 0)) return throw_errno_and_free(ctx, "utime", path);
    JS_FreeCString(ctx, path);
    return JS_UNDEFINED;
}

static const JSCFunctionListEntry native_functions[] = {
    JS_CFUNC_DEF("write", 2, native_write),
    JS_CFUNC_DEF("now", 0, native_now),
    JS_CFUNC_DEF("sleep", 1, native_sleep),
    JS_CFUNC_DEF("random", 1, native_random),
    JS_CFUNC_DEF("seed", 1, native_seed),
    JS_CFUNC_DEF("encode", 1, native_encode),
    JS_CFUNC_DEF("decode", 1, native_decode),
    JS_CFUNC_DEF("isUtf8", 1, native_is_utf8),
    JS_CFUNC_DEF("exit", 1, native_exit),
    JS_CFUNC_DEF("evaluate", 2, native_evaluate),
    JS_CFUNC_DEF("promiseState", 1, native_promise_state),
    JS_CFUNC_DEF("proxyParts", 1, native_proxy_parts),
    JS_CFUNC_DEF("sourceLine", 1, native_source_line),
    JS_CFUNC_DEF("memory", 0, native_memory),
    JS_CFUNC_DEF("gc", 0, native_gc),
    JS_CFUNC_DEF("open", 2, native_open),
    JS_CFUNC_DEF("close", 1, native_close),
    JS_CFUNC_MAGIC_DEF("read", 5, native_transfer, 0),
    JS_CFUNC_MAGIC_DEF("writeBytes", 5, native_transfer, 1),
    JS_CFUNC_DEF("seek", 3, native_seek),
    JS_CFUNC_DEF("readFile", 1, native_read_file),
    JS_CFUNC_MAGIC_DEF("stat", 1, native_stat, 0),
    JS_CFUNC_MAGIC_DEF("lstat", 1, native_stat, 1),
    JS_CFUNC_DEF("fstat", 1, native_fstat),
    JS_CFUNC_DEF("readdir", 1, native_readdir),
    JS_CFUNC_MAGIC_DEF("mkdir", 1, native_on_path, MKDIR),
    JS_CFUNC_MAGIC_DEF("unlink", 1, native_on_path, UNLINK),
    JS_CFUNC_MAGIC_DEF("rmdir", 1, native_on_path, RMDIR),
    JS_CFUNC_MAGIC_DEF("truncate", 2, native_on_path, TRUNCATE),
    JS_CFUNC_DEF("ftruncate", 2, native_ftruncate),
    JS_CFUNC_MAGIC_DEF("rename", 2, native_on_paths, RENAME),
    JS_CFUNC_MAGIC_DEF("symlink", 2, native_on_paths, SYMLINK),
    JS_CFUNC_MAGIC_DEF("link", 2, native_on_paths, LINK),
    JS_CFUNC_DEF("readlink", 1, native_readlink),
    JS_CFUNC_DEF("utimes", 3, native_utimes),
};
