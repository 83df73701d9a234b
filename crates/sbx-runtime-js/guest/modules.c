// Modules: the prelude finds and reads them, this file makes them the engine's.

// Whether a program is only checked: the engine asks for what it imports, which is then none of our business.
static bool is_checking;

static char *resolve_module(JSContext *ctx, const char *base, const char *name, void *opaque) {
    if (is_checking) return js_strdup(ctx, "sbx:checked");
    JSValue arguments[2] = {JS_NewString(ctx, base), JS_NewString(ctx, name)};
    JSValue path = call_hook("resolve", 2, (JSValueConst *)arguments);
    JS_FreeValue(ctx, arguments[0]);
    JS_FreeValue(ctx, arguments[1]);
    if (JS_IsException(path)) return NULL;
    const char *text = JS_ToCString(ctx, path);
    char *copy = text ? js_strdup(ctx, text) : NULL;
    JS_FreeCString(ctx, text);
    JS_FreeValue(ctx, path);
    return copy;
}

// Fills in `import.meta`.
static void describe_module(JSValueConst compiled, const char *name) {
    JSModuleDef *module = JS_VALUE_GET_PTR(compiled);
    JSValue arguments[2] = {JS_GetImportMeta(context, module), JS_NewString(context, name)};
    JSValue result = call_hook("meta", 2, (JSValueConst *)arguments);
    if (JS_IsException(result)) JS_FreeValue(context, JS_GetException(context));
    JS_FreeValue(context, result);
    JS_FreeValue(context, arguments[0]);
    JS_FreeValue(context, arguments[1]);
}

// A module without source: `[names, values]`.
static int fill_module(JSContext *ctx, JSModuleDef *module) {
    JSValue pair = JS_GetModulePrivateValue(ctx, module);
    JSValue names = JS_GetPropertyUint32(ctx, pair, 0), values = JS_GetPropertyUint32(ctx, pair, 1);
    int64_t n_names = 0;
    int status = JS_GetLength(ctx, names, &n_names);
    for (int64_t index = 0; index < n_names && !status; index++) {
        JSValue name = JS_GetPropertyInt64(ctx, names, index);
        const char *text = JS_ToCString(ctx, name);
        status = !text || JS_SetModuleExport(ctx, module, text, JS_GetPropertyInt64(ctx, values, index)) < 0 ? -1 : 0;
        JS_FreeCString(ctx, text);
        JS_FreeValue(ctx, name);
    }
    JS_FreeValue(ctx, names);
    JS_FreeValue(ctx, values);
    JS_FreeValue(ctx, pair);
    return status;
}

static JSModuleDef *declare_module(JSContext *ctx, const char *name, JSValue pair) {
    JSModuleDef *module = JS_NewCModule(ctx, name, fill_module);
    JSValue names = JS_GetPropertyUint32(ctx, pair, 0);
    int64_t n_names = 0;
    if (module) JS_GetLength(ctx, names, &n_names);
    for (int64_t index = 0; index < n_names; index++) {
        JSValue each = JS_GetPropertyInt64(ctx, names, index);
        const char *text = JS_ToCString(ctx, each);
        if (text) JS_AddModuleExport(ctx, module, text);
        JS_FreeCString(ctx, text);
        JS_FreeValue(ctx, each);
    }
    JS_FreeValue(ctx, names);
    if (module) JS_SetModulePrivateValue(ctx, module, pair);
    else JS_FreeValue(ctx, pair);
    return module;
}

static JSModuleDef *load_module(JSContext *ctx, const char *name, void *opaque, JSValueConst attributes) {
    if (is_checking) return JS_NewCModule(ctx, name, fill_module);
    JSValue type = JS_IsObject(attributes) ? JS_GetPropertyStr(ctx, attributes, "type") : JS_UNDEFINED;
    JSValue arguments[2] = {JS_NewString(ctx, name), type};
    JSValue loaded = call_hook("load", 2, (JSValueConst *)arguments);
    JS_FreeValue(ctx, arguments[0]);
    JS_FreeValue(ctx, arguments[1]);
    if (JS_IsException(loaded)) return NULL;
    if (!JS_IsString(loaded)) return declare_module(ctx, name, loaded);
    size_t len;
    const char *code = JS_ToCStringLen(ctx, &len, loaded);
    JSValue compiled =
        code ? JS_Eval(ctx, code, len, name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY) : JS_EXCEPTION;
    JS_FreeCString(ctx, code);
    JS_FreeValue(ctx, loaded);
    if (JS_IsException(compiled)) return NULL;
    describe_module(compiled, name);
    // The context keeps the module; the value was one more reference to it.
    JSModuleDef *module = JS_VALUE_GET_PTR(compiled);
    JS_FreeValue(ctx, compiled);
    return module;
}

// Reading and writing a name that was imported: `[holder of the binding, name]`. Writing makes it a name like any other,
// and never reaches the module that it came from.
static JSValue imported_name(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv, int is_write, JSValue *data) {
    JSAtom name = JS_ValueToAtom(ctx, data[1]);
    JSValue result = JS_UNDEFINED;
    if (!is_write) {
        result = JS_GetProperty(ctx, data[0], name);
    } else if (JS_DefinePropertyValue(ctx, ctx->global_obj, name, js_dup(argv[0]), JS_PROP_C_W_E) < 0) {
        result = JS_EXCEPTION;
    }
    JS_FreeAtom(ctx, name);
    return result;
}

// Makes `name` of `object` the binding itself, so that both always have the same value.
static bool bind_name(JSValueConst object, JSAtom name, JSVarRef *binding) {
    JSProperty *property = add_property(context, JS_VALUE_GET_OBJ(object), name, JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE | JS_PROP_VARREF);
    if (!property) return false;
    JS_REF_COUNT(binding)++;
    property->u.var_ref = binding;
    return true;
}

static bool publish_import(JSAtom name, JSVarRef *binding) {
    JSValue holder = JS_NewObjectProto(context, JS_NULL);
    if (JS_IsException(holder)) return false;
    bool is_done = bind_name(holder, name, binding);
    if (is_done) {
        JSValue data[2] = {holder, JS_AtomToString(context, name)};
        JSValue getter = JS_NewCFunctionData(context, imported_name, 0, false, 2, (JSValueConst *)data);
        JSValue setter = JS_NewCFunctionData(context, imported_name, 1, true, 2, (JSValueConst *)data);
        is_done = JS_DefinePropertyGetSet(context, context->global_obj, name, getter, setter, JS_PROP_CONFIGURABLE) >= 0;
        JS_FreeValue(context, data[1]);
    }
    JS_FreeValue(context, holder);
    return is_done;
}

// The names of a module's top level become names of the console, whose next program finds them as it would those of a
// script. They are the module's own bindings: what its functions do to them is seen. A constant is a copy.
static void publish_names(JSModuleDef *module) {
    JSObject *function = JS_VALUE_GET_OBJ(module->func_obj);
    JSFunctionBytecode *code = function->u.func.function_bytecode;
    for (int index = 0; index < code->closure_var_count; index++) {
        JSClosureVar *variable = &code->closure_var[index];
        JSVarRef *binding = function->u.func.var_refs[index];
        bool is_import = variable->closure_type == JS_CLOSURE_MODULE_IMPORT;
        if (!is_import && variable->closure_type != JS_CLOSURE_MODULE_DECL) continue;
        JSAtom name = variable->var_name;
        if (!binding || name == JS_ATOM__default_ || JS_IsUninitialized(*binding->pvalue)) continue;
        bool is_done = JS_DeleteProperty(context, context->global_var_obj, name, 0) > 0;
        if (is_done && variable->is_const && !is_import) {
            int flags = JS_PROP_CONFIGURABLE | JS_PROP_ENUMERABLE;
            is_done = JS_DefinePropertyValue(context, context->global_var_obj, name, js_dup(*binding->pvalue), flags) >= 0;
        } else if (is_done && JS_DeleteProperty(context, context->global_obj, name, 0) > 0) {
            is_done = is_import ? publish_import(name, binding) : bind_name(context->global_obj, name, binding);
        }
        if (!is_done && JS_HasException(context)) JS_FreeValue(context, JS_GetException(context));
    }
}
