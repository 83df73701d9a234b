# task: Compress a text with Huffman coding, decode it and compare with zlib; also run-length encoding.
import heapq
import zlib
from collections import Counter
from itertools import groupby

text = "so much words wow many compression " * 4


def codes(text):
    heap = [(n, i, char) for i, (char, n) in enumerate(sorted(Counter(text).items()))]
    heapq.heapify(heap)
    number = len(heap)
    while len(heap) > 1:
        a, b = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a[0] + b[0], number, (a[2], b[2])))
        number += 1
    table = {}

    def assign(node, prefix):
        if isinstance(node, str):
            table[node] = prefix or "0"
        else:
            assign(node[0], prefix + "0")
            assign(node[1], prefix + "1")

    assign(heap[0][2], "")
    return table


def decode(bits, table):
    back, out, current = {code: char for char, code in table.items()}, [], ""
    for bit in bits:
        current += bit
        if current in back:
            out.append(back[current])
            current = ""
    return "".join(out)


table = codes(text)
bits = "".join(table[char] for char in text)
print(len(text) * 8, "bits ->", len(bits), f"({len(bits) / len(text) / 8:.0%})")
print("decoded:", decode(bits, table) == text)
counts = Counter(text)
print("frequent is short:", all(len(table[a]) <= len(table[b]) for a in counts for b in counts if counts[a] > counts[b]))
print("prefix-free:", not any(a != b and b.startswith(a) for a in table.values() for b in table.values()))
import math

entropy = -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
print(f"entropy {entropy:.3f} <= {len(bits) / len(text):.3f} < {entropy + 1:.3f}")
print("zlib:", zlib.decompress(zlib.compress(text.encode())).decode() == text, len(zlib.compress(text.encode())) < len(bits) // 8)
runs = [(key, len(list(group))) for key, group in groupby("aaabccdddd")]
print(runs, "".join(key * n for key, n in runs), codes("aaaa"))
