//! What is changed in the engine before it is compiled.
//!
//! Each text is there exactly so often, or the guest is not made: a newer engine cannot be changed by mistake.

/// One change of `quickjs.c`.
pub(crate) struct Edit {
    /// How often the text is there.
    pub(crate) times: usize,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
}

/// All changes, in order.
pub(crate) fn all() -> impl Iterator<Item = &'static Edit> {
    CATCHABLE.iter().chain(&QUEUES).chain(&WORDINGS)
}

/// The engine marks every `InternalError` as one that no `catch` sees. That is right for interruptions, which it marks once
/// more by themselves, and wrong for memory that was refused and for strings that are too long: programs try and go on.
const CATCHABLE: [Edit; 2] = [
    Edit {
        times: 1,
        from: r#"js_set_uncatchable_error(val, true);                        \"#,
        to: r#"(void)0; \"#,
    },
    Edit {
        times: 1,
        from: r#"js_set_uncatchable_error(ctx->rt->current_exception, true); \"#,
        to: r#"(void)0; \"#,
    },
];

/// `shift`, `unshift` and `splice` in time that does not grow with the array: see `guest/arrays.c`.
const QUEUES: [Edit; 9] = [
    Edit {
        times: 1,
        from: r#"    uint8_t is_HTMLDDA : 1; /"#,
        to: r#"    uint8_t has_front : 1; /* see arrays.c */
    uint8_t is_HTMLDDA : 1; /"#,
    },
    Edit {
        times: 1,
        from: r#"    p->is_HTMLDDA = 0;"#,
        to: r#"    p->is_HTMLDDA = 0;
    p->has_front = 0;"#,
    },
    Edit {
        times: 1,
        from: r#"static void js_array_finalizer(JSRuntime *rt, JSValueConst val)
{"#,
        to: r#"#include "arrays.c"

static void js_array_finalizer(JSRuntime *rt, JSValueConst val)
{"#,
    },
    Edit {
        times: 1,
        from: r#"    js_free_rt(rt, p->u.array.u.values);"#,
        to: r#"    js_free_rt(rt, array_block(p));"#,
    },
    Edit {
        times: 1,
        from: r#"    js_free(ctx, p->u.array.u.values);"#,
        to: r#"    js_free(ctx, array_block(p));
    p->has_front = 0;"#,
    },
    Edit {
        times: 1,
        from: r#"    old_size = p->u.array.u1.size;
    new_size = old_size + old_size/2;"#,
        to: r#"    // A queue whose block is mostly room in front needs no larger one.
    if (array_join_front(p) >= p->u.array.u1.size / 2 && new_len <= p->u.array.u1.size)
        return 0;
    old_size = p->u.array.u1.size;
    new_size = old_size + old_size/2;"#,
    },
    Edit {
        times: 1,
        from: r#"                memmove(arrp, arrp + 1, (count32 - 1) * sizeof(*arrp));
                p->u.array.count--;"#,
        to: r#"                array_drop_front(p, 1);"#,
    },
    Edit {
        times: 1,
        from: r#"    if (unshift && argc > 0) {
"#,
        to: r#"    if (unshift && argc > 0) {
        int done = array_splice(ctx, obj, len, 0, 0, argc, argv);
        if (done < 0)
            goto exception;
        if (done) {
            JS_FreeValue(ctx, obj);
            return js_int64(newLen);
        }
"#,
    },
    Edit {
        times: 1,
        from: r#"    if (splice) {
        new_len = len + item_count - del_count;
"#,
        to: r#"    if (splice) {
        int done = array_splice(ctx, obj, len, start, del_count, item_count, argv + 2);
        if (done < 0)
            goto exception;
        if (done) {
            JS_FreeValue(ctx, obj);
            return arr;
        }
        new_len = len + item_count - del_count;
"#,
    },
];

/// Messages in the words of V8: programs look for them, and models know them.
const WORDINGS: [Edit; 26] = [
    Edit {
        times: 2,
        from: r#""cannot read property '%s' of null""#,
        to: r#""Cannot read properties of null (reading '%s')""#,
    },
    Edit {
        times: 2,
        from: r#""cannot read property '%s' of undefined""#,
        to: r#""Cannot read properties of undefined (reading '%s')""#,
    },
    Edit {
        times: 1,
        from: r#""cannot set property '%s' of null""#,
        to: r#""Cannot set properties of null (setting '%s')""#,
    },
    Edit {
        times: 1,
        from: r#""cannot set property '%s' of undefined""#,
        to: r#""Cannot set properties of undefined (setting '%s')""#,
    },
    // Constants of functions and modules, then those of the console.
    Edit {
        times: 1,
        from: r#"JS_ThrowTypeErrorReadOnly(ctx, JS_PROP_THROW, atom);
                else"#,
        to: r#"JS_ThrowTypeError(ctx, "Assignment to constant variable.");
                else"#,
    },
    Edit {
        times: 2,
        from: r#"return JS_ThrowTypeErrorReadOnly(ctx, JS_PROP_THROW, prop);"#,
        to: r#"return JS_ThrowTypeError(ctx, "Assignment to constant variable."), -1;"#,
    },
    Edit {
        times: 1,
        from: r#""'%s' is read-only", atom"#,
        to: r#""Cannot assign to read only property '%s' of object", atom"#,
    },
    Edit {
        times: 1,
        from: r#"static JSValue JS_ThrowReferenceErrorUninitialized(JSContext *ctx, JSAtom name)
{
    char buf[ATOM_GET_STR_BUF_SIZE];"#,
        to: r#"static JSValue JS_ThrowReferenceErrorUninitialized(JSContext *ctx, JSAtom name)
{
    char buf[ATOM_GET_STR_BUF_SIZE];
    if (name == JS_ATOM_this)
        return JS_ThrowReferenceError(ctx, "Must call super constructor in derived class before accessing 'this' or returning from derived constructor");"#,
    },
    Edit {
        times: 1,
        from: r#""%s is not initialized","#,
        to: r#""Cannot access '%s' before initialization","#,
    },
    Edit {
        times: 1,
        from: r#"    if (!JS_IsFunction(ctx, method)) {
        JS_FreeValue(ctx, method);
        return JS_ThrowTypeError(ctx, "value is not iterable");"#,
        to: r#"    if (!JS_IsFunction(ctx, method)) {
        JS_FreeValue(ctx, method);
        return js_throw_not_iterable(ctx, obj);"#,
    },
    Edit {
        times: 1,
        from: r#"    } else {
        method = JS_GetProperty(ctx, obj, JS_ATOM_Symbol_iterator);
        if (JS_IsException(method))
            return method;
    }"#,
        to: r#"    } else {
        if (JS_IsUndefined(obj) || JS_IsNull(obj))
            return js_throw_not_iterable(ctx, obj);
        method = JS_GetProperty(ctx, obj, JS_ATOM_Symbol_iterator);
        if (JS_IsException(method))
            return method;
    }"#,
    },
    Edit {
        times: 1,
        from: r#"static JSValue JS_GetIterator(JSContext *ctx, JSValueConst obj, bool is_async)
{"#,
        to: r#"static JSValue js_throw_not_iterable(JSContext *ctx, JSValueConst obj)
{
    const char *text;

    if (JS_IsObject(obj))
        return JS_ThrowTypeError(ctx, JS_IsFunction(ctx, obj) ? "function is not iterable" : "object is not iterable");
    text = JS_IsSymbol(obj) ? NULL : JS_ToCString(ctx, obj);
    JS_ThrowTypeError(ctx, "%s is not iterable", text ? text : "symbol");
    JS_FreeCString(ctx, text);
    return JS_EXCEPTION;
}

static JSValue JS_GetIterator(JSContext *ctx, JSValueConst obj, bool is_async)
{"#,
    },
    Edit {
        times: 1,
        from: r#"                ret_val = JS_ToObject(ctx, sp[-1]);"#,
        to: r#"                if (JS_IsUndefined(sp[-1]) || JS_IsNull(sp[-1])) {
                    const char *nothing = JS_IsNull(sp[-1]) ? "null" : "undefined";
                    JS_ThrowTypeError(ctx, "Cannot destructure '%s' as it is %s.", nothing, nothing);
                    goto exception;
                }
                ret_val = JS_ToObject(ctx, sp[-1]);"#,
    },
    Edit { times: 1, from: r#""empty array""#, to: r#""Reduce of empty array with no initial value""# },
    Edit {
        times: 1,
        from: r#""cannot convert BigInt to number""#,
        to: r#""Cannot mix BigInt and other types, use explicit conversions""#,
    },
    Edit {
        times: 1,
        from: r#""BigInt are forbidden in JSON.stringify""#,
        to: r#""Do not know how to serialize a BigInt""#,
    },
    Edit {
        times: 1,
        from: r#"            JS_ThrowTypeError(ctx, "circular reference");"#,
        to: r#"            JS_ThrowTypeError(ctx, "Converting circular structure to JSON");"#,
    },
    Edit { times: 1, from: r#""unexpected token: '%.*s'""#, to: r#""Unexpected token '%.*s' in JSON""# },
    Edit {
        times: 1,
        from: r#"        return js_parse_error(s, "unexpected token in expression: '%.*s'","#,
        to: r#"        if (s->token.val == TOK_EOF)
            return js_parse_error(s, "Unexpected end of input");
        return js_parse_error(s, "Unexpected token '%.*s'","#,
    },
    Edit {
        times: 2,
        from: r#"return js_parse_error(s, "invalid redefinition of lexical identifier");"#,
        to: r#"{
                char name_text[ATOM_GET_STR_BUF_SIZE];
                return js_parse_error(s, "Identifier '%s' has already been declared",
                                      JS_AtomGetStr(ctx, name_text, sizeof(name_text), name));
            }"#,
    },
    Edit {
        times: 2,
        from: r#"js_parse_error(s, "unexpected end of string");"#,
        to: r#"js_parse_error(s, "Invalid or unexpected token");"#,
    },
    Edit {
        times: 1,
        from: r#""class constructors must be invoked with 'new'""#,
        to: r#""Class constructor cannot be invoked without 'new'""#,
    },
    Edit { times: 1, from: r#""Date value is NaN""#, to: r#""Invalid time value""# },
    Edit { times: 1, from: r#""invalid repeat count""#, to: r#""Invalid count value""# },
    Edit {
        times: 1,
        from: r#"    JS_DefinePropertyValueConst(ctx, obj, JS_ATOM_errors, errors,"#,
        to: r#"    JS_DefinePropertyValue(ctx, obj, JS_ATOM_message, JS_NewString(ctx, "All promises were rejected"),
                           JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
    JS_DefinePropertyValueConst(ctx, obj, JS_ATOM_errors, errors,"#,
    },
    Edit {
        times: 4,
        from: r#"JS_ThrowRangeError(ctx, "invalid array buffer length")"#,
        to: r#"JS_ThrowRangeError(ctx, "Array buffer allocation failed")"#,
    },
];
