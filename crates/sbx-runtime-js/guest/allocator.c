// The engine's memory. The C library's own allocator here rounds every block up to a power of two and never joins free ones,
// which would cost programs half of the memory that they are allowed.
//
// Chunks with boundary tags lie one behind the other in regions; free ones are kept in bins by size, found through a bitmap,
// and joined with free neighbours at once. The engine's own arenas serve what is smaller than 512 bytes.

typedef struct Chunk {
    uint32_t size;                // of the whole chunk, a multiple of 16; the lowest bit says that it is in use
    uint32_t before;              // size of the chunk before it; 0 for the first of a region
    uint32_t unused[2];           // so that what follows is aligned to 16
    struct Chunk *next, *previous; // in the bin; only of a free chunk, where its user's bytes would be
} Chunk;

enum { HEADER = 16, SMALLEST = 32, N_BINS = 160, LOOKED_AT = 16, WASM_PAGE = 65536, GROWN_AT_ONCE = 4 * WASM_PAGE };

static Chunk *bins[N_BINS];
static uint32_t bin_bits[N_BINS / 32];
// The sentinel at the end of the newest region: in use, of size 0.
static Chunk *region_end;

static inline uint32_t size_of(const Chunk *chunk) { return chunk->size & ~1u; }
static inline bool in_use(const Chunk *chunk) { return chunk->size & 1; }
static inline Chunk *after(Chunk *chunk) { return (Chunk *)((char *)chunk + size_of(chunk)); }
static inline Chunk *of_block(const void *block) { return (Chunk *)((char *)block - HEADER); }

// 16-byte steps below a kilobyte, then four steps for each power of two. Sizes in a later bin are larger.
static inline uint32_t bin_of(uint32_t size) {
    if (size < 1024) return size / 16;
    uint32_t log = 31 - __builtin_clz(size);
    return 64 + (log - 10) * 4 + ((size >> (log - 2)) & 3);
}

static void put_into_bin(Chunk *chunk) {
    uint32_t bin = bin_of(chunk->size);
    chunk->previous = NULL;
    chunk->next = bins[bin];
    if (chunk->next) chunk->next->previous = chunk;
    bins[bin] = chunk;
    bin_bits[bin / 32] |= 1u << bin % 32;
}

static void take_out_of_bin(Chunk *chunk) {
    uint32_t bin = bin_of(chunk->size);
    if (chunk->next) chunk->next->previous = chunk->previous;
    if (chunk->previous) {
        chunk->previous->next = chunk->next;
    } else {
        bins[bin] = chunk->next;
        if (!chunk->next) bin_bits[bin / 32] &= ~(1u << bin % 32);
    }
}

// Makes a free chunk of these bytes, joined with its free neighbours.
static void release(Chunk *chunk, uint32_t size) {
    Chunk *behind = (Chunk *)((char *)chunk + size);
    if (!in_use(behind)) {
        take_out_of_bin(behind);
        size += size_of(behind);
    }
    if (chunk->before) {
        Chunk *front = (Chunk *)((char *)chunk - chunk->before);
        if (!in_use(front)) {
            take_out_of_bin(front);
            size += size_of(front);
            chunk = front;
        }
    }
    chunk->size = size;
    after(chunk)->before = size;
    put_into_bin(chunk);
}

// Puts a chunk of `has` bytes to use; what is more than `size` becomes free if it can be a chunk.
static void *use(Chunk *chunk, uint32_t has, uint32_t size) {
    if (has - size < SMALLEST) size = has;
    chunk->size = size | 1;
    Chunk *rest = after(chunk);
    rest->before = size;
    if (has > size) release(rest, has - size);
    return (char *)chunk + HEADER;
}

static Chunk *find(uint32_t size) {
    uint32_t bin = bin_of(size);
    Chunk *chunk = bins[bin];
    for (int n_seen = 0; chunk && n_seen < LOOKED_AT; n_seen++, chunk = chunk->next) {
        if (chunk->size >= size) return chunk;
    }
    bin++;
    for (uint32_t word = bin / 32; word < N_BINS / 32; word++) {
        uint32_t bits = bin_bits[word] & (word == bin / 32 ? ~0u << bin % 32 : ~0u);
        if (bits) return bins[word * 32 + __builtin_ctz(bits)];
    }
    return NULL;
}

// Asks the host for memory, so that a chunk of `size` bytes becomes free.
static bool grow(uint32_t size) {
    uint64_t wanted = (uint64_t)size + HEADER;
    uint32_t end = __builtin_wasm_memory_size(0) * WASM_PAGE;
    bool is_next = region_end && (uint32_t)region_end + HEADER == end;
    // A free chunk at the end needs only what is missing.
    if (is_next && region_end->before) {
        Chunk *last = (Chunk *)((char *)region_end - region_end->before);
        if (!in_use(last)) wanted -= size_of(last);
    }
    uint64_t n_bytes = (wanted + WASM_PAGE - 1) / WASM_PAGE * WASM_PAGE;
    if (n_bytes < GROWN_AT_ONCE && __builtin_wasm_memory_grow(0, GROWN_AT_ONCE / WASM_PAGE) != (size_t)-1) {
        n_bytes = GROWN_AT_ONCE;
    } else if (n_bytes > 0xffff0000 || __builtin_wasm_memory_grow(0, n_bytes / WASM_PAGE) == (size_t)-1) {
        return false;
    }
    Chunk *chunk = is_next ? region_end : (Chunk *)end;
    if (!is_next) {
        chunk->before = 0;
        n_bytes -= HEADER;
    }
    region_end = (Chunk *)((char *)chunk + n_bytes);
    region_end->size = 1;
    release(chunk, n_bytes);
    return true;
}

static void *allocate(size_t len) {
    if (len > 0xffff0000 - HEADER) return NULL;
    uint32_t size = len + HEADER < SMALLEST ? SMALLEST : (len + HEADER + 15) & ~15u;
    Chunk *chunk = find(size);
    if (!chunk && grow(size)) chunk = find(size);
    // What was just grown is the first of its bin, so it is found.
    if (!chunk) return NULL;
    take_out_of_bin(chunk);
    return use(chunk, chunk->size, size);
}

static void release_block(void *block) {
    if (!block) return;
    Chunk *chunk = of_block(block);
    release(chunk, size_of(chunk));
}

static size_t block_size(const void *block) { return block ? size_of(of_block(block)) - HEADER : 0; }

static void *resize(void *block, size_t len) {
    if (!block) return allocate(len);
    if (!len) {
        release_block(block);
        return NULL;
    }
    if (len > 0xffff0000 - HEADER) return NULL;
    uint32_t size = len + HEADER < SMALLEST ? SMALLEST : (len + HEADER + 15) & ~15u;
    Chunk *chunk = of_block(block), *behind = after(chunk);
    uint32_t has = size_of(chunk);
    if (has < size && !in_use(behind) && has + size_of(behind) >= size) {
        take_out_of_bin(behind);
        has += size_of(behind);
    }
    if (has >= size) return use(chunk, has, size);
    void *moved = allocate(len);
    if (!moved) return NULL;
    memcpy(moved, block, has - HEADER);
    release_block(block);
    return moved;
}
