// The JavaScript guest: QuickJS-NG as a reactor that takes turns. README.md beside this file is its protocol.
//
// Between turns nothing lives on the stack: promises, timers and modules are on the heap, so linear memory alone is the
// whole state, and an image or a snapshot is a copy of it. The engine is included as text to reach what its interface
// hides: the seed of Math.random, the queue of microtasks, the global lexical names, the true length of arrays.
#include "quickjs.c"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define EXPORT(name) __attribute__((export_name(#name), used))

// The door, see the host: sends a frame; one that begins with NUL is a report.
__attribute__((import_module("host"), import_name("call"))) int32_t host_call(const char *frame, uint32_t len, char **answer,
                                                                              uint32_t *answer_len);

// What a turn returns. Above 0 are turns that could not even be reported; -n is one that waits, and asks the host to call
// `resume` in n microseconds. Until then nothing of it is on any stack.
enum { REPORTED = 0, NOT_REPORTED = 1, BAD_REQUEST = 2 };

// The JavaScript stack; the wasm stack below it is sixteen times as large, which is what native frames need at most.
#define JS_STACK_BYTES (1 << 20)
// Given up at the first refused allocation of a turn, so that the error can still be made, caught and described.
#define RESERVE_BYTES (512 << 10)
// More redeclared names than this in one program are left to fail.
#define MAX_REDECLARED 256

static JSRuntime *runtime;
static JSContext *context;
// The object that the parts of the prelude share, and the functions they left there for this file.
static JSValue parts = JS_UNDEFINED;
static JSValue hooks = JS_UNDEFINED;
// What the program's top level settles.
static JSValue main_promise = JS_UNDEFINED;
// The program, if it is a module.
static JSModuleDef *main_module;

// The request under way, which is kept while its program waits, and the program's text in it.
static char *request;
static const char *program_text;
static size_t program_len;

static bool exiting;
static int exit_code;
static bool out_of_memory;
static void *reserve;
// When the program is stopped, on the monotonic clock; 0 for never.
static uint64_t deadline_ns;
static bool stopped;

// ---- memory ----

#include "allocator.c"

static void *refused(void) {
    out_of_memory = true;
    release_block(reserve);
    reserve = NULL;
    return NULL;
}
static void *on_calloc(void *opaque, size_t count, size_t size) {
    uint64_t len = (uint64_t)count * size;
    void *block = len >> 32 ? NULL : allocate(len);
    return block ? memset(block, 0, len) : refused();
}
static void *on_malloc(void *opaque, size_t size) {
    void *block = allocate(size);
    return block ? block : refused();
}
static void on_free(void *opaque, void *block) { release_block(block); }
static void *on_realloc(void *opaque, void *block, size_t size) {
    void *moved = resize(block, size);
    return moved || !size ? moved : refused();
}
static size_t on_usable_size(const void *block) { return block_size(block); }
static const JSMallocFunctions allocator = {on_calloc, on_malloc, on_free, on_realloc, on_usable_size};

// ---- reports ----

static void send_report(const char *json, size_t len) {
    static const char no_room[] = "\0{\"v\":1,\"status\":\"memory\",\"code\":1,\"error\":{\"kind\":\"InternalError\","
                                  "\"message\":\"out of memory\",\"traceback\":\"\",\"line\":null}}";
    char *answer = NULL;
    uint32_t answer_len = 0;
    char *frame = json ? allocate(len + 1) : NULL;
    if (!frame) {
        host_call(no_room, sizeof no_room - 1, &answer, &answer_len);
        return;
    }
    frame[0] = 0;
    memcpy(frame + 1, json, len);
    host_call(frame, len + 1, &answer, &answer_len);
    release_block(frame);
}

static JSValue call_hook(const char *name, int argc, JSValueConst *argv) {
    JSValue function = JS_GetPropertyStr(context, hooks, name);
    JSValue result = JS_Call(context, function, JS_UNDEFINED, argc, argv);
    JS_FreeValue(context, function);
    return result;
}

// Calls a hook for its effect; one that fails was broken by the program, which then speaks for itself only.
static void call_hook_quietly(const char *name) {
    JSValue result = call_hook(name, 0, NULL);
    if (JS_IsException(result)) JS_FreeValue(context, JS_GetException(context));
    JS_FreeValue(context, result);
}

// Has the prelude put what happened into words. Takes `value`.
static void report(const char *kind, JSValue value) {
    // The limits are the program's, not those of the report about it.
    uint64_t deadline = deadline_ns;
    deadline_ns = 0;
    stopped = false;
    if (out_of_memory) {
        refused();
        JS_RunGC(runtime);
    }
    JSValue arguments[3] = {JS_NewString(context, kind), value, JS_NewBool(context, out_of_memory)};
    JSValue json = call_hook("report", 3, (JSValueConst *)arguments);
    if (JS_IsException(json)) {
        JS_FreeValue(context, JS_GetException(context));
        static const char broken[] = "{\"v\":1,\"status\":\"exception\",\"code\":1,\"error\":{\"kind\":\"Error\","
                                     "\"message\":\"the error cannot be described\",\"traceback\":\"\",\"line\":null}}";
        if (out_of_memory) send_report(NULL, 0);
        else send_report(broken, sizeof broken - 1);
    } else {
        size_t len = 0;
        const char *text = JS_ToCStringLen(context, &len, json);
        send_report(text, len);
        JS_FreeCString(context, text);
    }
    JS_FreeValue(context, json);
    JS_FreeValue(context, arguments[0]);
    JS_FreeValue(context, arguments[1]);
    deadline_ns = deadline;
}

// The engine asks this once in ten thousand turns of loops and calls whether to go on.
static int on_interrupt(JSContext *ctx, void *opaque) {
    if (!stopped && deadline_ns && js__hrtime_ns() >= deadline_ns) stopped = true;
    return stopped;
}

// So many milliseconds in nanoseconds, but not more than the program may still run.
static uint64_t wait_ns(double ms) {
    uint64_t ns = !(ms > 0) ? 0 : ms > 1e12 ? (uint64_t)1e18 : (uint64_t)(ms * 1e6);
    if (!deadline_ns) return ns;
    uint64_t now = js__hrtime_ns();
    if (now + ns <= deadline_ns) return ns;
    return deadline_ns > now ? deadline_ns - now : 0;
}

// Waits in the middle of a call, on the stack.
static void sleep_ms(double ms) {
    uint64_t ns = wait_ns(ms);
    struct timespec pause = {ns / 1000000000, ns % 1000000000};
    nanosleep(&pause, NULL);
    on_interrupt(context, NULL);
}

#include "natives.c"
#include "modules.c"

// ---- life of a program ----

static void on_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, bool is_handled, void *opaque) {
    if (!JS_IsObject(hooks)) return;
    JSValueConst arguments[3] = {promise, reason, JS_NewBool(ctx, is_handled)};
    JSValue result = call_hook("rejection", 3, arguments);
    if (JS_IsException(result)) JS_FreeValue(ctx, JS_GetException(ctx));
    JS_FreeValue(ctx, result);
}

// Drops the microtasks of a program that has ended: the next one must not run them.
static void drop_jobs(void) {
    struct list_head *each, *next;
    list_for_each_safe(each, next, &runtime->job_list) {
        JSJobEntry *job = list_entry(each, JSJobEntry, link);
        list_del(&job->link);
        for (int index = 0; index < job->argc; index++) JS_FreeValue(context, job->argv[index]);
        js_free(context, job);
    }
}

static void end_program(void) {
    drop_jobs();
    if (main_module) publish_names(main_module);
    main_module = NULL;
    call_hook_quietly("abandon");
    JS_FreeValue(context, main_promise);
    main_promise = JS_UNDEFINED;
}

// The program ended by the exception that is pending, by an exit, or by its deadline.
static void report_end(void) {
    JSValue error = JS_HasException(context) ? JS_GetException(context) : JS_UNDEFINED;
    if (JS_IsObject(error)) JS_ClearUncatchableError(context, error);
    bool was_stopped = stopped, was_exit = exiting;
    stopped = exiting = false;
    deadline_ns = 0;
    end_program();
    if (was_exit) {
        JS_FreeValue(context, error);
        report("exit", JS_NewInt32(context, exit_code));
    } else {
        report(was_stopped ? "timeout" : "exception", error);
    }
}

// Runs microtasks, then timers, until nothing is left or the program has ended, and reports; or until it has to wait.
static int32_t drive(void) {
    for (;;) {
        JSContext *of_job;
        int ran;
        while ((ran = JS_ExecutePendingJob(runtime, &of_job)) > 0 && !exiting && !stopped) continue;
        if (ran < 0 || exiting || stopped) break;
        if (JS_IsPromise(main_promise) && JS_PromiseState(context, main_promise) == JS_PROMISE_REJECTED) {
            JS_Throw(context, JS_PromiseResult(context, main_promise));
            break;
        }
        // A timer that ran, -1; nothing left, 0; else how long to wait in milliseconds, plus 1.
        JSValue step = call_hook("step", 0, NULL);
        if (JS_IsException(step)) break;
        double wait = 0;
        JS_ToFloat64(context, &wait, step);
        JS_FreeValue(context, step);
        if (exiting || stopped) break;
        if (wait < 0) continue;
        if (wait > 0) {
            uint64_t us = (wait_ns(wait - 1) + 999) / 1000;
            return us < 1 ? -1 : us > INT32_MAX ? -INT32_MAX : -(int32_t)us;
        }
        bool is_settled = !JS_IsPromise(main_promise) || JS_PromiseState(context, main_promise) != JS_PROMISE_PENDING;
        JSValue value = JS_IsPromise(main_promise) ? JS_PromiseResult(context, main_promise) : JS_DupValue(context, main_promise);
        end_program();
        report(is_settled ? "ok" : "unsettled", value);
        return REPORTED;
    }
    report_end();
    return REPORTED;
}

// A name that a `let`, `const` or `class` of an earlier program made may be declared again: forgets the old one if that
// is what the pending exception complains of. The check comes before any of the program has run.
static bool forget_redeclared(void) {
    static const char start[] = "SyntaxError: redeclaration of '";
    JSValue error = JS_GetException(context);
    bool is_forgotten = false;
    const char *text = JS_ToCString(context, error);
    if (text && !strncmp(text, start, sizeof start - 1)) {
        const char *name = text + sizeof start - 1;
        const char *end = strrchr(name, '\'');
        JSAtom atom = end ? JS_NewAtomLen(context, name, end - name) : JS_ATOM_NULL;
        if (atom != JS_ATOM_NULL) {
            is_forgotten = JS_DeleteProperty(context, context->global_var_obj, atom, 0) > 0;
            JS_FreeAtom(context, atom);
        }
    }
    JS_FreeCString(context, text);
    if (is_forgotten) JS_FreeValue(context, error);
    else JS_Throw(context, error);
    return is_forgotten;
}

// Runs a compiled script; its value, or the promise of it.
static JSValue run_script(JSValue compiled) {
    JSValue value = JS_UNDEFINED;
    for (int n_tries = 0; n_tries < MAX_REDECLARED; n_tries++) {
        value = JS_EvalFunction(context, JS_DupValue(context, compiled));
        if (JS_IsPromise(value) && JS_PromiseState(context, value) == JS_PROMISE_REJECTED) {
            JSValue reason = JS_PromiseResult(context, value);
            JS_Throw(context, reason);
            JS_PromiseMarkAsHandled(context, value);
            if (!forget_redeclared()) {
                JS_FreeValue(context, JS_GetException(context));
                break;
            }
            JS_FreeValue(context, value);
        } else if (!JS_IsException(value) || !forget_redeclared()) {
            break;
        }
    }
    JS_FreeValue(context, compiled);
    return value;
}

static JSValue compile_script(const char *code, size_t len, const char *name) {
    return JS_Eval(context, code, len, name, JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_ASYNC | JS_EVAL_FLAG_COMPILE_ONLY);
}
static JSValue compile_module(const char *code, size_t len, const char *name) {
    return JS_Eval(context, code, len, name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
}

enum { AUTO, SCRIPT, MODULE };

// Compiles a program. If the caller does not say, it is a script if it can be one, else a module if it looks like one.
static JSValue compile(const char *code, size_t len, const char *name, int kind, bool *is_module) {
    *is_module = kind == MODULE;
    if (kind == MODULE) return compile_module(code, len, name);
    JSValue script = compile_script(code, len, name);
    if (!JS_IsException(script) || kind == SCRIPT || !JS_DetectModule(code, len)) return script;
    JS_FreeValue(context, JS_GetException(context));
    *is_module = true;
    return compile_module(code, len, name);
}

static int32_t run_program(const char *code, size_t len, const char *name, int kind) {
    bool is_module;
    JSValue compiled = compile(code, len, name, kind, &is_module);
    if (JS_IsException(compiled)) {
        report_end();
        return REPORTED;
    }
    JSValue value;
    if (is_module) {
        JSModuleDef *module = JS_VALUE_GET_PTR(compiled);
        describe_module(compiled, name);
        value = JS_EvalFunction(context, compiled);
        if (!JS_IsException(value)) main_module = module;
    } else {
        value = run_script(compiled);
    }
    if (JS_IsException(value)) {
        report_end();
        return REPORTED;
    }
    main_promise = value;
    if (JS_IsPromise(value)) JS_PromiseMarkAsHandled(context, value);
    return drive();
}

static void validate(const char *code, size_t len, const char *name, int kind) {
    bool is_module;
    is_checking = true;
    JSValue compiled = compile(code, len, name, kind, &is_module);
    is_checking = false;
    if (JS_IsException(compiled)) {
        report_end();
        return;
    }
    // A compiled module that nobody instantiates stays in the context's list, where no name leads to it.
    JS_FreeValue(context, compiled);
    report("valid", JS_UNDEFINED);
}

// ---- turns ----

static int32_t get_int(JSValueConst object, const char *name) {
    int32_t number = 0;
    JSValue value = JS_GetPropertyStr(context, object, name);
    if (!JS_IsException(value)) JS_ToInt32(context, &number, value);
    JS_FreeValue(context, value);
    return number;
}

enum { OP_RUN, OP_VALIDATE, OP_SEAL };

// One request, which the prelude has read and put into `plan`.
static int32_t carry_out(JSValueConst plan, const char *code, size_t len) {
    JSValue name_value = JS_GetPropertyStr(context, plan, "name");
    const char *name = JS_ToCString(context, name_value);
    JSValue source = JS_GetPropertyStr(context, plan, "source");
    const char *source_text = NULL;
    if (JS_IsString(source)) code = source_text = JS_ToCStringLen(context, &len, source);
    int32_t op = get_int(plan, "op"), kind = get_int(plan, "kind"), limit_ms = get_int(plan, "limit_ms");
    deadline_ns = limit_ms > 0 ? js__hrtime_ns() + (uint64_t)limit_ms * 1000000 : 0;
    int32_t status = REPORTED;
    if (!name || !code) {
        report_end();
    } else if (op == OP_SEAL) {
        JS_RunGC(runtime);
        report("ok", JS_UNDEFINED);
    } else if (op == OP_VALIDATE) {
        validate(code, len, name, kind);
    } else {
        status = run_program(code, len, name, kind);
    }
    JS_FreeCString(context, source_text);
    JS_FreeValue(context, source);
    JS_FreeCString(context, name);
    JS_FreeValue(context, name_value);
    return status;
}

// A part of the prelude: a script whose value is a function, which gets the object that all parts share.
static bool install(const char *name, const char *code, size_t len) {
    JSValue function = JS_Eval(context, code, len, name, JS_EVAL_TYPE_GLOBAL);
    JSValue result = JS_IsException(function) ? JS_EXCEPTION : JS_Call(context, function, JS_UNDEFINED, 1, (JSValueConst *)&parts);
    JS_FreeValue(context, function);
    if (JS_IsException(result)) {
        JSValue error = JS_GetException(context);
        JSValue stack = JS_GetPropertyStr(context, error, "stack");
        const char *text = JS_ToCString(context, error), *trace = JS_ToCString(context, stack);
        dprintf(2, "%s: %s\n%s", name, text ? text : "?", trace ? trace : "");
        JS_FreeCString(context, text);
        JS_FreeCString(context, trace);
        JS_FreeValue(context, stack);
        JS_FreeValue(context, error);
        return false;
    }
    JS_FreeValue(context, result);
    JS_FreeValue(context, hooks);
    hooks = JS_GetPropertyStr(context, parts, "hooks");
    return true;
}

static bool start(void) {
    runtime = JS_NewRuntime2(&allocator, NULL);
    if (!runtime) return false;
    JS_SetMaxStackSize(runtime, JS_STACK_BYTES);
    JS_SetInterruptHandler(runtime, on_interrupt, NULL);
    JS_SetModuleLoaderFunc2(runtime, resolve_module, load_module, NULL, NULL);
    JS_SetHostPromiseRejectionTracker(runtime, on_rejection, NULL);
    context = JS_NewContext(runtime);
    if (!context) return false;
    parts = JS_NewObject(context);
    JSValue natives = JS_NewObject(context);
    if (JS_SetPropertyFunctionList(context, natives, native_functions, countof(native_functions)) < 0) return false;
    return JS_SetPropertyStr(context, parts, "native", natives) >= 0;
}

EXPORT(host_alloc) char *host_alloc(uint32_t len) { return allocate((size_t)len + 1); }

// Has the prelude read the header, and what else it has to know of a request, and carries it out.
static int32_t take(const char *header, size_t header_len) {
    JSValue arguments[2] = {JS_NewStringLen(context, header, header_len), JS_UNDEFINED};
    JSValue plan = call_hook("open", 1, (JSValueConst *)arguments);
    JSValue wants_source = JS_IsException(plan) ? JS_UNDEFINED : JS_GetPropertyStr(context, plan, "wants_source");
    if (JS_ToBool(context, wants_source) > 0) {
        arguments[1] = JS_NewStringLen(context, program_text, program_len);
        JSValue result = call_hook("prepare", 2, (JSValueConst[]){plan, arguments[1]});
        if (JS_IsException(result)) {
            JS_FreeValue(context, plan);
            plan = JS_EXCEPTION;
        }
        JS_FreeValue(context, result);
    }
    int32_t status = REPORTED;
    if (JS_IsException(plan)) report_end();
    else status = carry_out(plan, program_text, program_len);
    JS_FreeValue(context, plan);
    JS_FreeValue(context, arguments[0]);
    JS_FreeValue(context, arguments[1]);
    return status;
}

// Lets go of the request, unless its program waits.
static int32_t leave(int32_t status) {
    if (status < 0) return status;
    release_block(request);
    request = NULL;
    program_text = NULL;
    program_len = 0;
    deadline_ns = 0;
    return status;
}

// Takes a turn of `text`, which came from `host_alloc`: `[1][header: one line of JSON]\n[code]`.
EXPORT(turn) int32_t turn(char *text, uint32_t len) {
    if (!text) {
        send_report(NULL, 0);
        return REPORTED;
    }
    text[len] = 0;
    char *header_end = len && text[0] == 1 ? memchr(text, '\n', len) : NULL;
    if (!header_end || request || (!context && !start())) {
        release_block(text);
        return header_end && !request ? NOT_REPORTED : BAD_REQUEST;
    }
    JS_UpdateStackTop(runtime);
    out_of_memory = exiting = stopped = false;
    if (!reserve) reserve = allocate(RESERVE_BYTES);
    context->interrupt_counter = JS_INTERRUPT_COUNTER_INIT;
    *header_end = 0;
    request = text;
    program_text = header_end + 1;
    program_len = text + len - program_text;
    const char *header = text + 1;
    size_t header_len = header_end - header;
    static const char install_op[] = "{\"op\":\"install\",\"name\":\"";
    if (header_len > sizeof install_op && !strncmp(header, install_op, sizeof install_op - 1)) {
        header_end[-2] = 0;
        return leave(install(header + sizeof install_op - 1, program_text, program_len) ? REPORTED : NOT_REPORTED);
    }
    return leave(JS_IsObject(hooks) ? take(header, header_len) : BAD_REQUEST);
}

// Goes on with a turn that waits. What it waited for is in `text`; nothing but time so far, so there is none.
EXPORT(resume) int32_t resume(char *text, uint32_t len) {
    release_block(text);
    if (!request) return BAD_REQUEST;
    JS_UpdateStackTop(runtime);
    on_interrupt(context, NULL);
    return leave(drive());
}
