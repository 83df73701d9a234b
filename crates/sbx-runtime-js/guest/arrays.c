// Arrays that lose and get items at their front. Included by the engine where its own arrays are; ../src/edits.rs has where.
//
// Programs use arrays as queues. In the engine `shift` moves all other items; here the array's start moves in its block of
// memory, and what is before it is room for `unshift`. The slot before the first item then says how many slots are in front
// of it; `has_front` says that there are any. `u1.size` counts from the first item, as it always did.

static inline uint32_t *array_front_slot(JSObject *p)
{
    return (uint32_t *)(p->u.array.u.values - 1);
}

// What was allocated.
static inline JSValue *array_block(JSObject *p)
{
    return p->has_front ? p->u.array.u.values - *array_front_slot(p) : p->u.array.u.values;
}

static void array_set_front(JSObject *p, uint32_t n_slots)
{
    p->has_front = n_slots > 0;
    if (n_slots > 0)
        *array_front_slot(p) = n_slots;
}

// Moves the items back to the start of their block. Answers how many slots that gave back.
static uint32_t array_join_front(JSObject *p)
{
    uint32_t front;

    if (!p->has_front)
        return 0;
    front = *array_front_slot(p);
    memmove(p->u.array.u.values - front, p->u.array.u.values, p->u.array.count * sizeof(JSValue));
    p->u.array.u.values -= front;
    p->u.array.u1.size += front;
    p->has_front = 0;
    return front;
}

// Forgets the first items, whose values the caller has taken.
static void array_drop_front(JSObject *p, uint32_t n)
{
    uint32_t front = p->has_front ? *array_front_slot(p) : 0;

    p->u.array.u.values += n;
    p->u.array.u1.size -= n;
    p->u.array.count -= n;
    array_set_front(p, front + n);
}

// Makes room for n items at an index; the caller writes them. Returns < 0 without memory, and has then changed nothing.
static int array_open(JSContext *ctx, JSObject *p, uint32_t at, uint32_t n)
{
    uint32_t count = p->u.array.count;
    uint32_t front = p->has_front ? *array_front_slot(p) : 0;
    JSValue *values;

    if (at == 0 && front < n) {
        // Half as much again, so that many calls cost as much as the items that they add.
        uint32_t spare = count / 2 + 8;
        array_join_front(p);
        if (count + n + spare > p->u.array.u1.size && expand_fast_array(ctx, p, count + n + spare) < 0)
            return -1;
        values = p->u.array.u.values + spare + n;
        memmove(values, p->u.array.u.values, count * sizeof(JSValue));
        p->u.array.u.values = values;
        p->u.array.u1.size -= spare + n;
        array_set_front(p, spare + n);
        front = spare + n;
    }
    if (at == 0) {
        p->u.array.u.values -= n;
        p->u.array.u1.size += n;
        array_set_front(p, front - n);
    } else {
        if (count + n > p->u.array.u1.size && expand_fast_array(ctx, p, count + n) < 0)
            return -1;
        values = p->u.array.u.values + at;
        memmove(values + n, values, (count - at) * sizeof(JSValue));
    }
    p->u.array.count = count + n;
    return 0;
}

// The array if it is one whose items can be moved as they lie there, and which may have `new_len` of them; else NULL.
static JSObject *array_to_move(JSContext *ctx, JSValueConst obj, int64_t len, int64_t new_len)
{
    JSObject *p;

    if (JS_VALUE_GET_TAG(obj) != JS_TAG_OBJECT)
        return NULL;
    p = JS_VALUE_GET_OBJ(obj);
    if (p->class_id != JS_CLASS_ARRAY || !p->fast_array || !p->extensible || !ctx->std_array_prototype
        || p->shape->proto != JS_VALUE_GET_OBJ(ctx->class_proto[JS_CLASS_ARRAY]))
        return NULL;
    if (JS_VALUE_GET_TAG(p->prop[0].u.value) != JS_TAG_INT || !(get_shape_prop(p->shape)->flags & JS_PROP_WRITABLE))
        return NULL;
    // Room in front is half of the items: all counts stay far from overflow.
    if (p->u.array.count != len || JS_VALUE_GET_INT(p->prop[0].u.value) != len || new_len > INT32_MAX / 4)
        return NULL;
    return p;
}

// Puts `n` items in place of `n_deleted` at `start`. Returns 1 if it did, 0 if the array is not one for it, < 0 without memory.
static int array_splice(JSContext *ctx, JSValueConst obj, int64_t len, int64_t start, int64_t n_deleted,
                        uint32_t n, JSValueConst *items)
{
    JSObject *p = array_to_move(ctx, obj, len, len + n - n_deleted);
    JSValue *values;
    uint32_t i;

    if (!p)
        return 0;
    if (n > n_deleted && array_open(ctx, p, start + n_deleted, n - n_deleted) < 0)
        return -1;
    // Room that was made at the start of the array lies before what is deleted, which is then nothing.
    values = p->u.array.u.values + start;
    for (i = 0; i < n_deleted; i++)
        JS_FreeValue(ctx, values[i]);
    if (n < n_deleted && start == 0) {
        array_drop_front(p, n_deleted - n);
    } else if (n < n_deleted) {
        memmove(values + n, values + n_deleted, (len - start - n_deleted) * sizeof(JSValue));
        p->u.array.count -= n_deleted - n;
    }
    values = p->u.array.u.values + start;
    for (i = 0; i < n; i++)
        values[i] = js_dup(items[i]);
    p->prop[0].u.value = js_int32(p->u.array.count);
    return 1;
}
